"""The look of every standard widget, as a Qt style sheet on an 8 px grid."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drumapp.gui.theme import Colours

_SHEET = Template("""
QWidget { color: $text; }
QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }
QMainWindow, QDialog, QMessageBox { background: $window; }
QMenuBar { background: $window; padding: 2px 8px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 28px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $accent_text; }
QMenu::item:disabled { color: $control_edge; }
QMenu::item:disabled:selected { background: transparent; color: $control_edge; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenu::indicator { width: 14px; height: 14px; left: 7px; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }

#transportBar, #drummerPanel, #statusLine { background: $window; }
#transportBar { border-bottom: 1px solid $border; border-top: 1px solid $border; }
#side { background: $window; border-left: 1px solid $border; }
#pageTabs { background: $window; border-bottom: 1px solid $border; }
#pageTabs QPushButton[role="tab"] { background: transparent; border: none; border-bottom: 2px solid transparent;
    border-top: 2px solid transparent; border-radius: 0; color: $text_dim; padding: 0 12px; min-height: 28px; }
#pageTabs QPushButton[role="tab"]:hover { color: $text; }
#pageTabs QPushButton[role="tab"]:checked { color: $text; border-bottom-color: $accent; }
#pageTabs QPushButton[role="tab"]:focus { background: $hover; }
#pageTabs QToolButton { color: $text_dim; min-height: 24px; }
#trainingPage, #trainingPage QStackedWidget { background: $window; }
#jobsPanel { background: $window; border-right: 1px solid $border; }
#trainForm { background: $window; border-left: 1px solid $border; }
#trainFormInside, #trainFormArea, #figures, #figuresInside { background: $window; border: none; }
#farewell { background: $raised; border: 1px solid $border; }
QLabel[role="heading"] { font-size: 17px; font-weight: 600; }
QFrame[role="card"] { background: $field; border: 1px solid $border; border-radius: 6px; }
QPlainTextEdit#jobLog { background: $field; border: none; color: $text_dim;
    selection-background-color: $accent; selection-color: $accent_text; }
QPlainTextEdit#jobLog QScrollBar { background: $field; }
QPushButton#train {
    background: $accent; color: $accent_text; border: 2px solid $accent; border-radius: 6px; font-weight: 600;
    min-height: 34px;
}
QPushButton#train:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton#train:pressed { background: $accent_pressed; border-color: $accent_pressed; }
QPushButton#train:focus { border-color: $text; }
QPushButton#train:disabled { background: $hover; border-color: $hover; color: $control_edge; }
QPushButton[role="place"]:checked { background: $accent_soft; color: $text; border-color: $accent; }
QPushButton[role="segment"] { border-radius: 0; min-width: 56px; }
QPushButton[role="segment"]:checked { background: $accent_soft; color: $text; border-color: $accent; }
QToolButton[role="filter"] { padding: 0 22px 0 8px; min-height: 26px; }
QToolButton[role="filter"][active="true"] { background: $accent_soft; border-color: $accent; }
QToolButton[role="disclosure"] { background: transparent; border: none; padding: 0; text-align: left; color: $text; }
QToolButton[role="disclosure"]:checked { background: transparent; }
#drummerPanel { border-bottom: 1px solid $border; }
#statusLine { border-top: 1px solid $border; }
#statusLine QLabel { color: $text_dim; }
#statusLine QLabel#drummerStatus { color: $text; }
QLabel[role="caption"] { color: $text_dim; font-size: 11px; }
QLabel[role="title"] { font-weight: 600; }
QLabel#position[countingIn="true"] { color: $accent_hover; }
QLabel[role="hint"] { color: $text_dim; }

QPushButton, QToolButton, QComboBox {
    background: $raised; border: 1px solid $border; border-radius: 4px; padding: 0 10px; min-height: 30px;
}
QPushButton:hover, QToolButton:hover, QComboBox:hover { background: $hover; }
QPushButton { outline: none; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus { border: 1px solid $accent_hover; }
QPushButton[role="low"] { min-height: 26px; }
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled { color: $control_edge; }
QToolButton[role="icon"] { padding: 0; min-width: 32px; max-width: 32px; min-height: 32px; max-height: 32px; }
QToolButton[role="narrow"] { padding: 0 6px; }
QToolButton[role="quiet"] { background: transparent; border-color: transparent; padding: 0 4px; }
QToolButton[role="quiet"]:hover { background: $hover; }
QToolButton[role="quiet"]:focus { border-color: $accent_hover; }
QToolButton[role="small"] { padding: 0; min-width: 24px; max-width: 24px; min-height: 22px; max-height: 22px; }
QComboBox[role="small"] { min-height: 22px; max-height: 22px; padding: 0 6px; }
QSplitter::handle { background: $border; }
QSplitter::handle:hover { background: $accent; }
QToolButton:checked { background: $accent_soft; border-color: $accent; }
QToolButton#record:checked { background: $raised; border-color: $record; }
QToolButton:checked:focus { border-color: $text; }
QToolButton::menu-indicator { image: none; width: 0; }

QPushButton#generate {
    background: $accent; color: $accent_text; border: 2px solid $accent; border-radius: 6px;
    font-size: 15px; font-weight: 600; min-height: 40px; min-width: 126px; padding: 0 16px 0 12px;
}
QPushButton#generate:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton#generate:pressed { background: $accent_pressed; border-color: $accent_pressed; }
QPushButton#generate:focus { border-color: $text; }

QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: none; width: 0; }
QComboBox QAbstractItemView {
    background: $raised; border: 1px solid $border; padding: 4px; outline: none;
    selection-background-color: $accent; selection-color: $accent_text;
}
QLineEdit { background: $field; border: 1px solid $border; border-radius: 4px; padding: 0 8px; min-height: 30px;
    selection-background-color: $accent; selection-color: $accent_text; }

QSlider { min-height: 24px; border: 1px solid transparent; border-radius: 4px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $hover; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal {
    width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: $text; border: none;
}
QSlider::handle:horizontal:hover { background: $accent_hover; }
QSlider:focus { border-color: $accent_hover; }

QCheckBox { spacing: 8px; min-height: 24px; }
QCheckBox::indicator {
    width: 14px; height: 14px; border: 1px solid $control_edge; border-radius: 3px; background: $field;
}
QCheckBox::indicator:checked { background: $accent; border-color: $accent; }
QCheckBox:focus { color: $text; }
QCheckBox::indicator:focus { width: 12px; height: 12px; border: 2px solid $accent_hover; }

QScrollBar:horizontal { background: $window; height: 12px; margin: 0; }
QScrollBar:vertical { background: $window; width: 12px; margin: 0; }
QScrollBar::handle { background: $hover; border-radius: 4px; margin: 2px; }
QScrollBar::handle:hover { background: $control_edge; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

#alternatives { background: $accent_soft; border-bottom: 1px solid $border; }
#alternatives QPushButton { padding: 0 10px; min-height: 28px; }
#alternatives QPushButton[role="way"] { min-width: 20px; }
QPushButton:checked, #alternatives QPushButton#keep { background: $accent; color: $accent_text; border-color: $accent; }
QPushButton:checked:focus, #alternatives QPushButton#keep:focus { border-color: $text; }
#tourBubble { background: $raised; border: 1px solid $accent; border-radius: 8px; }
#tourBubble QPushButton { min-height: 26px; }
#tourBubble QPushButton#tourOn { background: $accent; color: $accent_text; border-color: $accent; }
#tourBubble QPushButton#tourOn:focus { border-color: $text; }
#tourMark { background: transparent; border: 2px solid $accent; border-radius: 8px; }
#helpPages { background: $field; border: none; border-bottom: 1px solid $border; }
QPlainTextEdit { background: $field; border: 1px solid $border; border-radius: 4px; padding: 4px; }
#banner { background: $warning_surface; border-bottom: 1px solid $border; }
#banner[tone="offer"] { background: $accent_soft; }
#banner QLabel#bannerCause { font-weight: 600; }
QLabel#dialogProblem { color: $warning; }
QListView { background: $window; border: none; outline: none; }
QListWidget { background: $field; border: 1px solid $border; border-radius: 4px; padding: 4px; }
QListWidget:focus { border-color: $accent_hover; }
QListWidget::item { border-radius: 4px; padding: 2px 4px; }
QListWidget::item:selected { background: $accent_soft; color: $text; }
QListWidget::indicator { width: 12px; height: 12px; border: 1px solid $control_edge; border-radius: 3px;
    background: $field; }
QListWidget::indicator:checked { background: $accent; border-color: $accent; }
QListWidget::indicator:disabled { border-color: $border; }
QListWidget::indicator:checked:disabled { background: $control_edge; }
#whatElse { background: $raised; border: 1px solid $border; }
#whatElse QListWidget { background: $raised; border: none; outline: none; }
QTableView {
    background: $field; border: 1px solid $border; border-radius: 4px; gridline-color: $border; outline: none;
    selection-background-color: $accent_soft; selection-color: $text;
}
QTableView:focus { border-color: $accent_hover; }
QHeaderView::section { background: $window; color: $text_dim; border: none; padding: 4px 8px; }
QTableView::item { padding: 0 8px; }
QScrollArea { border: 1px solid $border; border-radius: 4px; background: $field; }
QWidget#parts, QWidget#timingResults { background: $field; }
QRadioButton { spacing: 8px; min-height: 24px; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $control_edge; border-radius: 8px;
    background: $field; }
QRadioButton::indicator:checked { border-color: $accent; background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5,
    fx: 0.5, fy: 0.5, stop: 0 $accent, stop: 0.55 $accent, stop: 0.65 $field, stop: 1 $field); }
QRadioButton::indicator:focus { border: 2px solid $accent_hover; width: 12px; height: 12px; }
QProgressBar { background: $field; border: 1px solid $border; border-radius: 4px; height: 8px; text-align: center; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
""")


def stylesheet(colours: Colours) -> str:
    """The style sheet in a theme's colours."""
    names = {name: value for name, value in vars(colours).items() if isinstance(value, str)}
    return _SHEET.substitute(names)
