"""Installs PyTorch in a process of its own, when the user asks for it."""

from __future__ import annotations

import re
from collections import deque

from PySide6.QtCore import QObject, QProcess, Signal

from drumapp.jobs import torch_package

_MIB = 1 << 20
_LINES_KEPT = 20


class Installing(QObject):
    """Signals: said (sentence) how far it is; finished (sentence), "" when all went well."""

    said = Signal(str)
    finished = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._process: QProcess | None = None
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._package = ""
        self.command = torch_package.install_command

    @property
    def under_way(self) -> bool:
        """Whether it installs."""
        return self._process is not None

    def start(self) -> None:
        """Install; returns at once."""
        command = self.command()
        if command is None or self._process is not None:
            return
        process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed)
        self._process = process
        self.said.emit("Installing PyTorch …")
        process.start(command[0], command[1:])

    def close(self) -> None:
        """Leave it, if it is under way; what pip had not finished, it begins anew."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(2000)

    def _read(self) -> None:
        if self._process is None:
            return
        for line in bytes(self._process.readAllStandardOutput()).decode(errors="replace").splitlines():
            progress = re.match(r"Progress (\d+) of (\d+)", line)
            if progress and int(progress[2]):
                done, total = int(progress[1]), int(progress[2])
                self.said.emit(f"Installing PyTorch: {self._package} {done / _MIB:,.0f} of {total / _MIB:,.0f} MB")
            elif line.strip():
                self._lines.append(line.strip())
                found = re.match(r"Downloading (?:\S*/)?([\w.]+)-", line.strip())
                self._package = found[1] if found else self._package
                if line.startswith("Installing collected"):
                    self.said.emit("Installing PyTorch: unpacking …")

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._end(f"PyTorch could not be installed: {torch_package.missing_sentence()}")

    def _ended(self, code: int, _status: object) -> None:
        if code == 0:
            self._end("")
            return
        errors = [line for line in self._lines if line.startswith("ERROR")] or list(self._lines)[-1:]
        cause = errors[-1].removeprefix("ERROR: ").rstrip(".") if errors else f"pip ended with status {code}"
        self._end(f"PyTorch could not be installed: {cause}.")

    def _end(self, sentence: str) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
            self.finished.emit(sentence)
