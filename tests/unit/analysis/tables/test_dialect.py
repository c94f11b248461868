"""The same table in each dialect gives the same numbers; what two readings would fit is refused."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from analysis.answer.compare import compare
from analysis.base.errors import TableError
from analysis.cli import main
from analysis.tables.loading import load

RNG = np.random.default_rng(5)
ROWS = [
    (label, seed, f"{0.85 + gain + noise:.4f}", f"{1000 + 100 * noise:.3f}", str(60_000 + seed))
    for seed, noise in enumerate(RNG.normal(0, 0.004, 8))
    for label, gain in (("none", 0.0), ("half, of it", 0.01 + RNG.normal(0, 0.002)))
]
HEADER = ("condition", "seed", "test_accuracy", "train_seconds", "samples")


def written(separator: str = ",", cell: Callable[[str], str] = str) -> bytes:
    """Return the rows as a text, each number as `cell` writes it; cells that hold the separator are quoted."""
    out = io.StringIO()
    to = csv.writer(out, delimiter=separator)
    to.writerow(HEADER)
    to.writerows(
        (label, seed, cell(accuracy), cell(seconds), samples) for label, seed, accuracy, seconds, samples in ROWS
    )
    return out.getvalue().encode()


def comma(number: str) -> str:
    return number.replace(".", ",")


def in_percent(number: str) -> str:
    """Return an accuracy in per cent, with its sign; other numbers as they are."""
    return f"{number[2:4]}.{number[4:]} %" if number.startswith("0.") else number


DIALECTS = {
    "plain": (written(), ""),
    "byte order mark": (b"\xef\xbb\xbf" + written(), ""),
    "semicolon, decimal commas": (written(";", comma), "read as semicolon-separated with decimal commas"),
    "semicolon, points": (written(";"), "read as semicolon-separated"),
    "stated separator": (b"sep=;\r\n" + written(";", comma), "read as semicolon-separated with decimal commas"),
    "stated comma after a mark": (b"\xef\xbb\xbfsep=,\n" + written(), ""),
    "rows that were emptied": (written(";").replace(b"\n", b"\n;;;;\n", 3) + b";; ;;\n", "read as semicolon-separated"),
    "UTF-16": (written("\t", comma).decode().encode("utf-16"), "read as tab-separated with decimal commas"),
    "UTF-16, big end first": (b"\xfe\xff" + written().decode().encode("utf-16-be"), ""),
    "tab": (written("\t"), "read as tab-separated"),
    "tab, decimal commas": (written("\t", comma), "read as tab-separated with decimal commas"),
    "gzip": (gzip.compress(written(), mtime=0), "read as gzip-compressed"),
    "gzip, tab": (gzip.compress(written("\t"), mtime=0), "read as gzip-compressed, tab-separated"),
    "per cent": (written(cell=in_percent), "per cent signs in test_accuracy: divided by 100"),
    "per cent, German": (
        written(";", lambda number: comma(in_percent(number).replace(" ", "\N{NO-BREAK SPACE}"))),
        "read as semicolon-separated with decimal commas; per cent signs in test_accuracy: divided by 100",
    ),
    "CRLF with a byte order mark, semicolon, decimal commas": (
        b"\xef\xbb\xbf" + written(";", comma).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
        "read as semicolon-separated with decimal commas",
    ),
}


@pytest.fixture
def table(tmp_path: Path) -> Callable[[bytes | str], Path]:
    def write(content: bytes | str) -> Path:
        path = tmp_path / "t.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def by_hand() -> float:
    """Return the mean difference of the accuracies, from the texts themselves."""
    value = {(label, seed): float(accuracy) for label, seed, accuracy, *_ in ROWS}
    return float(np.mean([value["half, of it", seed] - value["none", seed] for seed in range(8)]))


@pytest.mark.parametrize(("content", "note"), DIALECTS.values(), ids=DIALECTS.keys())
@pytest.mark.parametrize("metric", ["test_accuracy", "train_seconds", "samples"])
def test_each_dialect_gives_the_same_numbers_to_the_bit(table, capsys, content, note, metric):
    said = []
    for each in (content, written()):
        assert main(["compare", str(table(each)), "--metric", metric, "--control", "none", "--json", "-"]) == 0
        said.append(capsys.readouterr())
    assert json.loads(said[0].out) == json.loads(said[1].out)
    assert said[0].err == (f"note: t.csv: {note}\n" if note else "")
    if metric == "test_accuracy":
        effect = json.loads(said[0].out)["comparisons"][0]
        assert effect["mean_difference"] == pytest.approx(by_hand(), rel=1e-12)


def fault(path: Path, metric: str = "x") -> str:
    with pytest.raises(TableError) as raised:
        compare(load(path), metric, "a")
    return str(raised.value)


def two(separator: str, *cells: str, header: str = "condition;seed;x") -> str:
    """Return a table of two conditions with these cells of x, in turn."""
    rows = [f"{'ab'[place % 2]};{place // 2};{cell}" for place, cell in enumerate(cells)]
    return "\n".join([header, *rows, ""]).replace(";", separator)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (two(";", "1.234,5", "1.235,5", "1.300,0", "1.200,0"), "'1.234,5'"),
        (two(";", "1,234", "1,235", "1,300", "1,200"), "'1,234'"),
        (two("\t", "1,234.5", "1,235.5", "1,300.0", "1,200.0"), "'1,234.5'"),
        (two(",", '"1,234"', '"1,235"', '"1,300"', '"1,200"'), "'1,234'"),
        (two(",", '"88,4"', '"88,5"', '"87,1"', '"88,1"'), "'88,4'"),
        (two(";", "1 234", "1 235", "1 300", "1 200"), "'1 234'"),
        (two(";", "1'234'567", "1'234'568", "1'234'569", "1'234'577"), "\"1'234'567\""),
        (two(";", "0,25;1.234", "0,5;1.300", "0,5;1.400", "0,75;1.500", header="condition;seed;y;x"), "'1.234'"),
        (two(";", "0.25;1,234", "0.5;1,300", "0.5;1,400", "0.75;1,500", header="condition;seed;y;x"), "'1,234'"),
        (two(";", "0,5", "0.5", "0,6", "0.6"), "'0,5'"),
    ],
)
def test_a_separator_of_thousands_is_never_guessed(table, text, cell):
    assert f"x: {cell} may have a thousands separator or a decimal comma" in fault(table(text))


def test_other_columns_settle_what_a_comma_is(table):
    path = table(two(";", "0,25;1,234", "0,5;1,3", "0,5;1,400", "0,75;1,500", header="condition;seed;y;x"))
    assert load(path).frame["x"].tolist() == [1.234, 1.4, 1.3, 1.5]
    path = table(two(";", "0,25;1,234", "0,5;1,300", "0,5;1,400", "0,75;1,500", header="condition;seed;y;x"))
    assert load(path).frame["x"].tolist() == [1.234, 1.4, 1.3, 1.5]


def test_a_point_column_that_shows_it_is_read_beside_decimal_commas(table):
    path = table(two(";", "0,25;0.1", "0,5;0.1", "0,5;0.1", "0,75;0.1", header="condition;seed;y;lr"))
    assert load(path).frame["lr"].tolist() == [0.1] * 4


def test_a_per_cent_sign_is_for_all_cells_or_none(table):
    assert "x: 1 of 4 cells have a per cent sign; allowed: all of them or none" in fault(
        table(two(",", "0.5", "60 %", "0.5", "0.6"))
    )
    assert load(table(two(",", "50 %", "60%", "", "70.5%"))).frame["x"].tolist()[:1] == [0.5]


def test_a_per_cent_that_no_number_has_is_refused(table):
    path = table(two(",", "1e999999999999999999999 %", "60 %", "50 %", "60 %"))
    assert "row 1: x is 'inf'; allowed: a finite number" in fault(path)


def test_words_beside_per_cent_signs_stay_words(table):
    path = table(two(",", "0.5,none", "0.6,50%", "0.5,none", "0.7,50%", header="condition;seed;x;rate"))
    assert load(path).frame["rate"].tolist() == ["none", "none", "50%", "50%"]


def test_what_has_signs_is_not_divided_twice(table):
    path = table(two(",", "3.2 %", "2.6 %", "3.5 %", "2.9 %", header="condition;seed;generalisation_gap"))
    assert load(path).frame["generalisation_gap"].tolist() == [0.032, 0.035, 0.026, 0.029]
    assert load(path, percent=True).frame["generalisation_gap"].tolist() == [0.032, 0.035, 0.026, 0.029]
    with pytest.raises(TableError, match="generalisation_gap has per cent signs and is divided by 100 without it"):
        load(path, percent="generalisation_gap")


def test_conditions_keep_their_text(table):
    rows = [f"{rate};{seed};0,{80 + seed}" for rate in ("0,50", "10 %") for seed in range(3)]
    assert load(table("\n".join(["condition;seed;test_accuracy", *rows]))).conditions == ("0,50", "10 %")
    rows = [row.replace("0,50", "20 %") for row in rows]
    assert load(table("\n".join(["rate;seed;x", *rows])), condition="rate").conditions == ("20 %", "10 %")


def test_losses_that_are_not_finite_are_seen_beside_decimal_commas(table):
    path = table(two(";", "0,5;0,4", "0,6;nan", "0,5;-inf", "0,7;", header="condition;seed;x;test_loss"))
    assert load(path).frame["diverged"].tolist() == [False, True, True, False]


def test_one_column_is_a_plain_csv(table):
    with pytest.raises(TableError, match=r"column 'condition' is missing.*There is: 'accuracy'"):
        load(table("accuracy\n0.1\n0.2\n"))


def test_text_with_separators_in_it_does_not_decide(table):
    text = 'condition,seed,x,note\na,0,1,"p;q;r;s\nt"\nb,0,2,"p;q\tr;s"\n'
    assert load(table(text)).frame["x"].tolist() == [1, 2]
    assert load(table('condition,seed,"x;1;2;3"\na,0,0.5\nb,0,0.6\n')).frame["x;1;2;3"].tolist() == [0.5, 0.6]
    assert load(table("condition;seed;x\na,a;0;1\nb,b;0;2\n")).conditions == ("a,a", "b,b")


def test_a_long_table_is_separated_as_its_first_rows_are(table):
    rows = "".join(f'a;{seed};0,5;"{"x" * 30}; {seed}"\n' for seed in range(4000))
    assert len(load(table(f"condition;seed;x;note\n{rows}")).seeds) == 4000


def test_a_row_with_a_cell_too_few_is_named(table):
    assert "cannot be read as a CSV with a header" in fault(table("condition;seed;x\na;0;0,5\na;1\n"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(written(), mtime=0)[:-20], "cannot be read as a gzip file"),
        (gzip.compress(written(), mtime=0)[:20] + b"\0" * 40, "cannot be read as a gzip file"),
        (gzip.compress(b"", mtime=0), "is an empty file"),
        (gzip.compress("condition,seed,größe\na,0,1\n".encode("latin-1"), mtime=0), "'größe'.*must be UTF-8"),
        (written(";").decode().encode("utf-16-le"), "must be UTF-8"),
        (written(";").decode().encode("utf-16")[:-1], "is damaged UTF-16 text"),
        (written().replace(b"half", "hälf".encode("latin-1")), "not UTF-8: save it as UTF-8"),
        (b"# of the cluster\n" + written(), "begins with '# of the cluster'.*the first line must be the header"),
        (b"PK\x03\x04" + bytes(40), "Excel workbook.*expected a CSV"),
        (b"\xd0\xcf\x11\xe0" + bytes(40), "old Excel workbook.*expected a CSV"),
        (b'\n[{"condition": "a"}]', "is JSON.*expected a CSV"),
        (b'{"condition": "a"}\n', "is JSON.*expected a CSV"),
        (b"<!DOCTYPE html><table>", "is HTML or XML.*expected a CSV"),
    ],
)
def test_a_text_that_is_damaged_or_of_another_encoding_is_refused(table, content, words):
    assert re.search(words, fault(table(content)), re.DOTALL)


@pytest.mark.parametrize("sign", ["-", "–", "—", "n/a", "<NA>", "NA"])
def test_a_dash_is_an_empty_cell_of_numbers_and_a_label_of_conditions(table, sign):
    read = load(table(f"condition,seed,x\n-,0,0.5\n-,1,{sign}\nb,0,0.25\nb,1,0.75\n"))
    effect = compare(read, "x", "-").effects["b"]
    assert (effect.n_pairs, effect.mean_difference) == (1, -0.25)


def test_a_header_that_begins_as_json_does_is_a_header(table):
    assert load(table("[condition],seed,x\na,0,1\n"), condition="[condition]").seeds == (0,)


def test_seeds_with_a_decimal_comma_are_whole(table):
    path = table("condition;seed;x\na;0,0;0,5\na;10,0;0,7\n")
    assert load(path).seeds == (0, 10)
