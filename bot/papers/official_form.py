"""The form of an official paper as .docx: page, head, body, signature (Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần I).

Sizes and styles are those of Mục V there; numbers in comments are the sections ("Mục II khoản 4").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from bot.codes import clean
from bot.papers.official_words import DOTS

LEFT, CENTRE, BOTH = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
_FONT = "Times New Roman"
_BODY = 14
_HEAD_WIDTHS = (68, 97)
_SIGN_WIDTHS = (85, 80)
_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True)
class Group:
    """Columns of a table under one word."""

    words: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A row that is one cell: what the rows below it are about."""

    words: str
    bold: bool


class OfficialPaper:
    """One paper, written from top to bottom; `bytes` at the end."""

    def __init__(self, *, title: str) -> None:
        self._document: DocumentObject = Document()
        self._document.core_properties.title = title
        self._document.core_properties.author = ""
        self._document.core_properties.comments = ""
        normal = self._document.styles["Normal"]
        normal.font.name, normal.font.size = _FONT, Pt(_BODY)
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
        normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
        self._first = self._document.sections[0]
        _lay_out(self._first)
        self._first.different_first_page_header_footer = True
        _number_pages(self._first)

    def head(
        self, *, superior: str, office: str, number: str, about: Sequence[str] = (), place: str, day: str
    ) -> None:
        """Quốc hiệu and tiêu ngữ at the right, who issues it at the left, number, place and day below; `about` is the line
        "V/v …" of a letter."""
        table = self._bare_table(_HEAD_WIDTHS, rows=2)
        left, right = table.rows[0].cells
        _fill(left, superior.upper(), size=12)
        _add(left, office.upper(), size=12, bold=True)
        _rule(left.add_paragraph(), inset=24)
        _fill(right, _NATION, size=12, bold=True)
        _add(right, _MOTTO, size=13, bold=True)
        _rule(right.add_paragraph(), inset=20)
        left, right = table.rows[1].cells
        _fill(left, number, size=13)
        for words in about:
            _add(left, words, size=12).paragraph_format.space_before = Pt(6 if words == about[0] else 0)
        _fill(right, f"{place}, {day}", size=13, italic=True)
        self._fix(table, _HEAD_WIDTHS)

    def title(self, kind: str, about: Sequence[str]) -> None:
        """The kind of paper and what it is about, with the rule below (Mục II khoản 5)."""
        self._centred(kind.upper(), bold=True).paragraph_format.space_before = Pt(18)
        for words in about:
            self._centred(words, bold=True)
        _rule(self._document.add_paragraph(), inset=55)

    def addressed_to(self, name: str) -> None:
        found = self._centred(f"Kính gửi: {name}")
        found.paragraph_format.space_before, found.paragraph_format.space_after = Pt(12), Pt(12)

    def basis(self, words: str) -> None:
        """A document on which this one rests; in italics (Mục II khoản 6 điểm a)."""
        self._body(words, italic=True)

    def heading(self, words: str) -> None:
        """A section ("I. KẾT QUẢ …"), in capitals."""
        found = self._body(words.upper(), bold=True, align=LEFT)
        found.paragraph_format.keep_with_next = True

    def subheading(self, words: str) -> None:
        found = self._body(words, bold=True, align=LEFT)
        found.paragraph_format.keep_with_next = True

    def text(self, words: str) -> None:
        self._body(words)

    def last_text(self, words: str) -> None:
        """The end of the text, which is on one page with the signature."""
        found = self._body(words)
        found.paragraph_format.keep_with_next, found.paragraph_format.space_after = True, Pt(14)

    def table(
        self,
        head: Sequence[str | Group],
        widths: Sequence[int],
        rows: Sequence[Sequence[str] | Span],
        *,
        centred: frozenset[int] = frozenset(),
        bold_last: bool = False,
        size: int = 11,
    ) -> None:
        """A table whose head is repeated on every page; widths in mm."""
        two_lines = any(isinstance(one, Group) for one in head)
        table = self._document.add_table(rows=2 if two_lines else 1, cols=len(widths))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        self._fix(table, widths)
        _narrow_cells(table)
        _head(table, head, size=size)
        for number, row in enumerate(rows, start=1):
            added = table.add_row()
            _mark(added, "w:cantSplit")
            cells = added.cells
            if isinstance(row, Span):
                _fill(cells[0].merge(cells[-1]), row.words, size=size, bold=row.bold, align=LEFT)
                cells[0].paragraphs[0].paragraph_format.keep_with_next = True
                continue
            bold = bold_last and number == len(rows)
            for position, (cell, words, width) in enumerate(zip(cells, row, widths, strict=True)):
                cell.width = Mm(width)
                _fill(cell, words, size=size, bold=bold, align=CENTRE if position in centred else LEFT)
        self._document.add_paragraph().paragraph_format.line_spacing = Pt(6)

    def closing(self, *, receivers: Sequence[str], position: str) -> None:
        """Nơi nhận at the left, who signs at the right, with room for the signature (Mục II khoản 7, 9)."""
        table = self._bare_table(_SIGN_WIDTHS)
        _mark(table.rows[0], "w:cantSplit")
        left, right = table.rows[0].cells
        _fill(left, "Nơi nhận:", size=12, bold=True, italic=True, align=LEFT)
        for receiver in receivers:
            _add(left, f"- {receiver}", size=11, align=LEFT)
        _fill(right, position.upper(), size=_BODY, bold=True)
        for _ in range(4):
            _add(right, "", size=_BODY)
        _add(right, DOTS, size=_BODY, bold=True)
        self._fix(table, _SIGN_WIDTHS)

    def annex(self, name: str, about: str) -> None:
        """From here on the annex: wide pages, numbered anew (Mục III khoản 1)."""
        section = self._document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        _lay_out(section, landscape=True)
        section.different_first_page_header_footer = True
        section.header.is_linked_to_previous = False
        _number_pages(section)
        start = OxmlElement("w:pgNumType")
        start.set(qn("w:start"), "1")
        section._sectPr.append(start)
        self._centred("Phụ lục", bold=True)
        self._centred(name.upper(), bold=True)
        self._centred(about, italic=True).paragraph_format.space_after = Pt(8)

    def bytes(self) -> bytes:
        file = BytesIO()
        self._document.save(file)
        return file.getvalue()

    def _body(
        self, words: str, *, bold: bool = False, italic: bool = False, align: WD_ALIGN_PARAGRAPH = BOTH
    ) -> Paragraph:
        found = self._document.add_paragraph()
        _write(found, words, size=_BODY, bold=bold, italic=italic, align=align)
        shape = found.paragraph_format
        # Mục II khoản 6 điểm e.
        shape.first_line_indent, shape.space_before, shape.line_spacing = Mm(12.7), Pt(6), 1.1
        return found

    def _centred(self, words: str, *, bold: bool = False, italic: bool = False) -> Paragraph:
        return _write(
            self._document.add_paragraph(), words, size=_BODY, bold=bold, italic=italic, align=CENTRE
        )

    def _bare_table(self, widths: Sequence[int], *, rows: int = 1) -> Table:
        table: Table = self._document.add_table(rows=rows, cols=len(widths))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        return table

    def _fix(self, table: Table, widths: Sequence[int]) -> None:
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for row in table.rows:
            for cell, width in zip(row._tr.tc_lst, widths, strict=False):
                if cell.grid_span == 1:
                    cell.width = Mm(width)


def _lay_out(section: Section, *, landscape: bool = False) -> None:
    # Mục I khoản 1-3: A4; 20-25 mm above and below, 30-35 left, 15-20 right. Lying, the binding edge is above.
    short, long = Mm(210), Mm(297)
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.top_margin = Mm(30) if landscape else Mm(20)
    section.bottom_margin = Mm(15) if landscape else Mm(20)
    section.left_margin = Mm(20) if landscape else Mm(30)
    section.right_margin = Mm(20) if landscape else Mm(15)
    section.header_distance = Mm(10)


def _number_pages(section: Section) -> None:
    """Centred in the margin above, not on the first page (Mục I khoản 7)."""
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTRE
    run = paragraph.add_run()
    run.font.size, run.font.name = Pt(13), _FONT
    for kind, words in (("begin", None), (None, "PAGE"), ("separate", None), (None, None), ("end", None)):
        if kind is not None:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        elif words is not None:
            mark = OxmlElement("w:instrText")
            mark.text = words
        else:
            mark = OxmlElement("w:t")
            mark.text = "2"
        run._r.append(mark)


def _fill(
    cell: _Cell,
    words: str,
    *,
    size: int,
    bold: bool = False,
    italic: bool = False,
    align: WD_ALIGN_PARAGRAPH = CENTRE,
) -> None:
    _write(cell.paragraphs[0], words, size=size, bold=bold, italic=italic, align=align)


def _add(
    cell: _Cell,
    words: str,
    *,
    size: int,
    bold: bool = False,
    italic: bool = False,
    align: WD_ALIGN_PARAGRAPH = CENTRE,
) -> Paragraph:
    return _write(cell.add_paragraph(), words, size=size, bold=bold, italic=italic, align=align)


def _write(
    paragraph: Paragraph, words: str, *, size: int, bold: bool, italic: bool, align: WD_ALIGN_PARAGRAPH
) -> Paragraph:
    paragraph.alignment = align
    if not words:
        # An empty line is as high as its own mark.
        mark = OxmlElement("w:rPr")
        size_of_mark = OxmlElement("w:sz")
        size_of_mark.set(qn("w:val"), str(2 * size))
        mark.append(size_of_mark)
        paragraph._p.get_or_add_pPr().append(mark)
        return paragraph
    run = paragraph.add_run(clean(words))
    run.font.name, run.font.size, run.bold, run.italic = _FONT, Pt(size), bold, italic
    return paragraph


def _rule(paragraph: Paragraph, *, inset: int) -> None:
    """A solid line, shorter than the paragraph by `inset` mm at each end."""
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm(inset)
    shape.line_spacing, shape.space_after = Pt(3), Pt(6)
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _head(table: Table, head: Sequence[str | Group], *, size: int) -> None:
    first, last = table.rows[0].cells, table.rows[-1].cells
    position = 0
    for one in head:
        if isinstance(one, Group):
            end = position + len(one.columns)
            _fill(first[position].merge(first[end - 1]), one.words, size=size, bold=True)
            for cell, words in zip(last[position:end], one.columns, strict=True):
                _fill(cell, words, size=size, bold=True)
            position = end
        else:
            cell = first[position] if first == last else first[position].merge(last[position])
            _fill(cell, one, size=size, bold=True)
            position += 1
    for row in table.rows:
        _mark(row, "w:cantSplit")
        _mark(row, "w:tblHeader")


def _narrow_cells(table: Table) -> None:
    """Leave the words of narrow columns room: 1 mm at each side."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "57")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


def _mark(row: _Row, name: str) -> None:
    """A row that is not cut by the end of a page (cantSplit), or is repeated at the top of each (tblHeader)."""
    row._tr.get_or_add_trPr().append(OxmlElement(name))
