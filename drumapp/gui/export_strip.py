"""The strip above the roll that shows an export under way."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from drumapp.gui.sound.audio_export import AudioExport


class ExportStrip(QWidget):
    """Progress of an export, with a button to leave it; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._export: AudioExport | None = None
        self._name = QLabel()
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # as the banner's buttons, it vanishes when clicked
        self.cancel.clicked.connect(self._cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(16)
        layout.addWidget(self._name)
        layout.addWidget(self.progress, 1)
        layout.addWidget(self.cancel)
        self.hide()

    def follow(self, export: AudioExport) -> None:
        """Show an export until it is done."""
        self._export = export
        self._name.setText(f"Writing {export.path.name}")
        self.progress.setValue(0)
        self.cancel.setEnabled(True)
        export.progressed.connect(self._progressed, Qt.ConnectionType.QueuedConnection)
        export.finished.connect(self._finished, Qt.ConnectionType.QueuedConnection)
        self.show()

    def _cancel(self) -> None:
        if self._export is not None:
            self._export.cancel()
            self.cancel.setEnabled(False)  # it ends at the next step; meanwhile the click shows

    def _progressed(self, share: float) -> None:
        self.progress.setValue(round(share * 1000))

    def _finished(self) -> None:
        self._export = None
        self.hide()
