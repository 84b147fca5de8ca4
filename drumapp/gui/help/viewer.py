"""Shows the documents that come with the program, or a page made on the spot."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QImage,
    QImageReader,
    QPalette,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

PAGE_SIZE = QSize(820, 680)
_MARGIN = 28
_WIDEST_PICTURE = 740
_HEADING, _PARAGRAPH, _ITEM = 18, 10, 5
_LINE_PERCENT = 120


class HelpPages(QTextBrowser):
    """Markdown with pictures that are made to fit. Links to other documents are followed here, others elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("helpPages")
        self.setOpenLinks(False)
        self.document().setDocumentMargin(_MARGIN)
        self.anchorClicked.connect(self._follow)

    def show_document(self, path: Path) -> None:
        """Show a document; where it is missing, say so in its place."""
        if path.is_file():
            self.setSource(QUrl.fromLocalFile(str(path)), QTextDocument.ResourceType.MarkdownResource)
            self._space_out()
        else:
            self.show_text(f"# Not here\n\n{path} is missing. Install Drumapp again.")

    def show_text(self, markdown: str) -> None:
        """Show a page that is in no file."""
        self.setSource(QUrl())
        self.setMarkdown(markdown)
        self._space_out()

    def loadResource(self, kind: int, name: QUrl) -> object:
        """Pictures no wider than the page; vector drawings are drawn at that size, and at the screen's sharpness."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        reader = QImageReader(self.source().resolved(name).toLocalFile())
        size = reader.size()
        if not size.isValid():
            return QImage()
        ratio = self.devicePixelRatioF()
        shown = min(size.width(), _WIDEST_PICTURE)
        wanted = QSize(round(shown * ratio), round(shown * ratio * size.height() / size.width()))
        reader.setScaledSize(wanted)
        image = reader.read()
        image.setDevicePixelRatio(ratio)
        return image

    def _space_out(self) -> None:
        """Give paragraphs, headings and tables the room that Markdown does not speak of."""
        document = self.document()
        block = document.begin()
        while block.isValid():
            cursor = QTextCursor(block)
            shape = block.blockFormat()
            listed, table = block.textList() is not None, cursor.currentTable()
            if table is not None:
                looks = table.format()
                looks.setCellPadding(6)
                looks.setBorderBrush(self.palette().color(QPalette.ColorRole.Mid))
                looks.setBottomMargin(_PARAGRAPH)
                table.setFormat(looks)
            else:
                shape.setTopMargin(_HEADING if shape.headingLevel() > 1 else 0)
                shape.setBottomMargin(_ITEM if listed else _PARAGRAPH)
            shape.setLineHeight(_LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            shape.setNonBreakableLines(False)  # of commands, which else would widen the page
            cursor.setBlockFormat(shape)
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _follow(self, url: QUrl) -> None:
        target = self.source().resolved(url)
        if target.isLocalFile() and target.path().endswith(".md"):
            self.show_document(Path(target.toLocalFile()))
        else:
            QDesktopServices.openUrl(target)


class HelpViewer(QDialog):
    """A window beside the program's, which works on. Attributes: pages."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Drumapp help")
        self.pages = HelpPages(self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.addWidget(self.pages, 1)
        layout.addWidget(buttons)
        buttons.setContentsMargins(0, 0, 16, 0)
        self.resize(PAGE_SIZE)

    def open_document(self, path: Path) -> None:
        """Show a document, in front."""
        self.pages.show_document(path)
        self._come_forward()

    def open_text(self, markdown: str) -> None:
        """Show a page made on the spot, in front."""
        self.pages.show_text(markdown)
        self._come_forward()

    def _come_forward(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()
