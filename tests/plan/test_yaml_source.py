"""Reading plan files as plain data: text only, a line for everything, and no trust in the file."""

import os
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.yaml_source import MAX_BYTES, MAX_DEPTH, Source, read_source


def read(folder: Path, content: str | bytes) -> Source:
    path = folder / "plan.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_source(path)


def findings(source: Source) -> list[str]:
    return [str(problem).removeprefix(source.file).removeprefix(":") for problem in source.problems]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("1.1", "1.1"),
        ("2.10", "2.10"),
        ("7.3a", "7.3a"),
        ("no", "no"),
        ("true", "true"),
        ("null", "null"),
        ("2023-03-16", "2023-03-16"),
        ("01", "01"),
        ("0x1F", "0x1F"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("'2.6'", "2.6"),
        ('"Sở, ban, ngành"', "Sở, ban, ngành"),
        ('""', ""),
        (">-\n  hai\n  dòng", "hai dòng"),
        ("=", "="),
    ],
)
def test_every_scalar_arrives_as_the_text_that_was_written(
    tmp_path: Path, written: str, read_as: str
) -> None:
    source = read(tmp_path, f"value: {written}\n")

    assert source.problems == ()
    assert source.data == {"value": read_as}


def test_keys_that_yaml_takes_for_truth_values_stay_words(tmp_path: Path) -> None:
    source = read(tmp_path, "no: 1\non: 2\nyes: 3\n2.10: 4\n")

    assert source.data == {"no": "1", "on": "2", "yes": "3", "2.10": "4"}


def test_a_key_with_nothing_behind_it_is_none(tmp_path: Path) -> None:
    assert read(tmp_path, "support:\nlead: x\n").data == {"support": None, "lead": "x"}


def test_a_merge_key_is_a_key_like_any_other(tmp_path: Path) -> None:
    assert read(tmp_path, "<<: { a: b }\n").data == {"<<": {"a": "b"}}


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    source = read(tmp_path, "# đầu tệp\na: 1\nb:\n  - x\n  - c: 2\n    d: >-\n      dài\n    e: [p, q]\n")

    lines = {origin.field: origin.line for origin in map(source.origin, source.lines)}

    assert lines == {
        "": 2,
        "a": 2,
        "b": 3,
        "b[0]": 4,
        "b[1]": 5,
        "b[1].c": 5,
        "b[1].d": 6,
        "b[1].e": 8,
        "b[1].e[0]": 8,
        "b[1].e[1]": 8,
    }


def test_what_is_missing_has_the_line_of_what_is_around_it(tmp_path: Path) -> None:
    source = read(tmp_path, "a: 1\ntasks:\n  - code: x\n")

    origin = source.origin(("tasks", 0, "title"))

    assert (origin.line, origin.field) == (3, "tasks[0].title")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems_and_a_byte_order_mark_are_read(tmp_path: Path, line_end: str) -> None:
    source = read(tmp_path, b"\xef\xbb\xbf" + f"a: 1{line_end}b: Sở{line_end}".encode())

    assert source.data == {"a": "1", "b": "Sở"}
    assert source.lines[("b",)] == 2


def test_decomposed_vietnamese_is_composed(tmp_path: Path) -> None:
    assert read(tmp_path, normalize("NFD", "a: Sở Tư pháp\n")).data == {"a": "Sở Tư pháp"}


def test_no_break_spaces_are_spaces(tmp_path: Path) -> None:
    assert read(tmp_path, "a:\n\u00a0 b: Sở\u00a0Nội vụ\n").data == {"a": {"b": "Sở Nội vụ"}}


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"---\n...\n", "the file is empty"),
        (b"a: 1\nb: S\xf4\n", "2: byte 5 of this line is 0xF4, which is not UTF-8; save the file as UTF-8"),
        ("a: 1\n".encode("utf-16"), "1: byte 1 of this line is 0xFF, which is not UTF-8"),
        (b"\xef\xbb\xbfa: 1\nb: \xff\n", "2: byte 4 of this line is 0xFF"),
        (b"a: 1\nb:\n\t- x\n", "3: a tab character; use spaces"),
        (b"a: x\ty\n", "1: a tab character; use spaces"),
        (b"a: 1\nb: x\x07y\n", "2: character U+0007 (control character) is not allowed"),
        (b"a: x\x00y\n", "1: character U+0000"),
        ("a: 1\nb: an\u202etoàn\n", "2: character U+202E (right-to-left override) is not allowed"),
        ("# \u2066ghi chú\na: 1\n", "1: character U+2066 (left-to-right isolate) is not allowed"),
        ("a: Sở\u200b Nội vụ\n", "1: character U+200B (zero width space) is not allowed"),
        ("a: b\u2028c\n", "1: character U+2028 (line separator) is not allowed"),
        ('a: 1\nb: "x\\u202ey"\n', "2: b: character U+202E"),
        ('b: ["x", "\\0"]\n', "1: b[1]: character U+0000"),
        ("a: &x 1\n", "1: a: &x is a YAML anchor"),
        ("a: &x [1]\nb: *x\n", "2: b: *x is a YAML alias"),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            "1: a: tag:yaml.org,2002:python/object/apply:os.system",
        ),
        ("a: !!str 1\n", "is a YAML tag; plan files have none"),
        ("a: ! 1\n", "1: a: ! is a YAML tag"),
        ("a: 1\nb: 2\na: 3\n", '3: a: key "a" was already given on line 1'),
        ("t:\n  - x: 1\n    x: 2\n", '3: t[0].x: key "x" was already given on line 2'),
        ("a: 1\n---\nb: 2\n", '2: a second document begins here ("---")'),
        ("a: 1\n? [x, y]\n: 2\n", "2: a key must be a word"),
        ("a: 1\n{b: 2}: 3\n", "2: a key must be a word"),
        ("a: Kế hoạch: nội dung\n", "1: not readable as YAML: mapping values are not allowed"),
        ('a: 1\nb: "chưa đóng\n', "not readable as YAML"),
        ("a: [x, y\nb: 1\n", "not readable as YAML"),
        ("a: 1\n  b: 2\n", "2: not readable as YAML"),
        ("a:\n  - x\n - y\n", "3: not readable as YAML"),
        ("a: @x\n", "1: not readable as YAML"),
        ("a: %x\n", "1: not readable as YAML"),
        ("[" * (MAX_DEPTH + 1), f"1: nested deeper than {MAX_DEPTH} levels"),
        ("{a: " * 100_000, f"1: nested deeper than {MAX_DEPTH} levels"),
        ("a: [" + "x," * 100_001 + "]", "1: more than 100000 values"),
    ],
)
def test_what_has_no_place_in_a_plan_file_is_refused_with_its_line(
    tmp_path: Path, content: str | bytes, finding: str
) -> None:
    source = read(tmp_path, content)

    assert any(finding in found for found in findings(source)), findings(source)


def test_a_bomb_of_aliases_stays_small(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]

    source = read(tmp_path, "\n".join(levels))

    assert len(source.lines) == 1 + 30 + 30 * 9
    assert any("a29: &a29 is a YAML anchor" in found for found in findings(source))


def test_several_findings_of_one_file_come_together(tmp_path: Path) -> None:
    source = read(tmp_path, "a: &x 1\nb: *x\nb: 2\nc: !!int 3\n")

    assert [problem.line for problem in source.problems] == [1, 2, 3, 4]
    assert source.data == {"a": "1", "b": None, "c": "3"}


def test_a_file_of_50_mb_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    with path.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)

    source = read_source(path)

    assert findings(source) == [" a plan file is at most 2 MB; this one is 50 MB"]
    assert source.digest == ""


def test_one_byte_too_many_is_too_many(tmp_path: Path) -> None:
    start = b"a: 1\n#"

    allowed = read(tmp_path, start + b"x" * (MAX_BYTES - len(start)))
    refused = read(tmp_path, start + b"x" * (MAX_BYTES - len(start) + 1))

    assert allowed.data == {"a": "1"}
    assert findings(refused) == [" a plan file is at most 2 MB; this one is 2.1 MB"]


def test_what_is_not_a_file_is_said_to_be_none(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    said = {
        name: findings(read_source(path))
        for name, path in {
            "folder": tmp_path,
            "pipe": pipe,
            "missing": tmp_path / "missing.yaml",
            "below a file": Path(__file__) / "plan.yaml",
            "endless": Path("/dev/zero"),
            "zero byte": tmp_path / "a\0b",
            "long": tmp_path / ("x" * 300),
        }.items()
    }

    assert said == {
        "folder": [" is a folder; a plan is a file such as tasks.yaml"],
        "pipe": [" is not an ordinary file"],
        "missing": [" no such file"],
        "below a file": [" cannot be read: Not a directory"],
        "endless": [" is not an ordinary file"],
        "zero byte": [" cannot be read: embedded null byte"],
        "long": [" cannot be read: File name too long"],
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("a: 1\n")
    path.chmod(0)

    assert findings(read_source(path)) == [" may not be read: permission denied"]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#%@?, \n\t\\u0é", max_size=80))
def test_no_content_makes_reading_raise(
    tmp_path_factory: pytest.TempPathFactory, content: bytes | str
) -> None:
    source = read(tmp_path_factory.mktemp("any"), content)

    assert source.problems or source.data is not None
