"""The list of takes beside the roll, with what is done most with them under it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QPushButton, QToolButton, QVBoxLayout, QWidget

from drumapp.core.project import Take
from drumapp.gui import icons
from drumapp.gui.takes.delegate import TakeDelegate
from drumapp.gui.takes.model import TakesModel
from drumapp.gui.theme import Theme

EMPTY_TEXT = "Every take is kept here: star the good ones, compare them, bring one back."


class TakesPanel(QWidget):
    """Shows takes; what is done with them is decided elsewhere.

    Signals, each with a take's id: restore_wanted; remove_wanted; menu_wanted (and a global QPoint). ab_wanted, to
    change between the last two in the roll.
    Attributes: model; view; delegate.
    """

    restore_wanted = Signal(str)
    remove_wanted = Signal(str)
    menu_wanted = Signal(str, QPoint)
    ab_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._current = ""
        self.model = TakesModel(self)
        self.view = _TakesView()
        self.view.setModel(self.model)
        self.delegate = TakeDelegate(theme, self.view)
        self.view.setItemDelegate(self.delegate)
        self.starred_only = QToolButton()
        self.starred_only.setCheckable(True)
        self.starred_only.setProperty("role", "small")
        self.starred_only.setAccessibleName("Starred only")
        self.starred_only.setToolTip("Show starred takes only")
        self.put = QPushButton("Put into the roll")
        self.put.setToolTip("Bring the chosen take back (Return); Undo brings back what is there now")
        self.ab = QPushButton("A/B")
        self.ab.setToolTip("Change between the last two takes in the roll (Y), also while they play")
        self.hint = QLabel(EMPTY_TEXT)
        self.hint.setProperty("role", "hint")
        self.hint.setWordWrap(True)
        self._lay_out()
        self.starred_only.toggled.connect(self.model.show_starred_only)
        self.put.clicked.connect(self._restore_chosen)
        self.ab.clicked.connect(self.ab_wanted)
        self.view.activated_take.connect(self._activated)
        self.view.remove_pressed.connect(self._remove_chosen)
        self.view.customContextMenuRequested.connect(self._menu)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._show_what_can_be_done())
        self.model.modelReset.connect(self._show_what_can_be_done)
        theme.changed.connect(self._recolour)
        self._recolour()
        self._show_what_can_be_done()

    def _lay_out(self) -> None:
        title = QLabel("Takes")
        title.setProperty("role", "title")
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.addWidget(title, 1)
        head.addWidget(self.starred_only)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 0, 16, 12)
        foot.setSpacing(8)
        foot.addWidget(self.put, 1)
        foot.addWidget(self.ab)
        self.hint.setContentsMargins(16, 0, 16, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.hint)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)

    def show_takes(self, takes: tuple[Take, ...], current: str) -> None:
        """Show a project's takes; ``current`` is the id of the one in the roll."""
        self.model.show_takes(takes, current)
        index = self.model.index_of(current)
        if index.isValid() and (current != self._current or not self.view.currentIndex().isValid()):
            self.view.setCurrentIndex(index)
        self._current = current
        self.hint.setVisible(not takes)
        self.view.setVisible(bool(takes))
        self.ab.setEnabled(len(takes) > 1)
        self._show_what_can_be_done()

    @property
    def chosen(self) -> Take | None:
        """The take the list's cursor is on."""
        return self.model.take_at(self.view.currentIndex())

    def rename(self, take_id: str) -> None:
        """Open a text field over a take's name."""
        index = self.model.index_of(take_id)
        if index.isValid():
            self.view.setCurrentIndex(index)
            self.view.edit(index)

    def _restore_chosen(self) -> None:
        if self.chosen is not None:
            self.restore_wanted.emit(self.chosen.id)

    def _activated(self, index: QModelIndex) -> None:
        take = self.model.take_at(index)
        if take is not None:
            self.restore_wanted.emit(take.id)

    def _remove_chosen(self) -> None:
        if self.chosen is not None:
            self.remove_wanted.emit(self.chosen.id)

    def _menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        take = self.model.take_at(index)
        if take is not None:
            self.view.setCurrentIndex(index)
            self.menu_wanted.emit(take.id, self.view.viewport().mapToGlobal(place))

    def _show_what_can_be_done(self) -> None:
        chosen = self.chosen
        self.put.setEnabled(chosen is not None and chosen.result is not None)

    def _recolour(self) -> None:
        self.starred_only.setIcon(icons.icon("starred", self._theme.colours.warning, size=16))
        self.view.viewport().update()


class _TakesView(QListView):
    """Signals: activated_take (index) by Return or a double click; remove_pressed by Delete."""

    activated_take = Signal(object)
    remove_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Takes")
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setEditTriggers(QListView.EditTrigger.EditKeyPressed)
        self.doubleClicked.connect(lambda index: self.activated_take.emit(index))

    def event(self, event) -> bool:
        """Here F2 renames a take, though elsewhere in the window it renames a lane."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_F2:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event) -> None:
        """Return puts a take into the roll, Delete removes it, F2 renames it."""
        if self.state() == QListView.State.EditingState:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated_take.emit(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_pressed.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)
