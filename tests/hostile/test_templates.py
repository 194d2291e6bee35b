"""A company's Word template that means harm: it reaches nothing but the paper, and makes no more of it than a paper."""

import io
import struct
import time
import zipfile
import zlib

import pytest
from docx import Document as Word
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.papers import template
from tests.hostile import examples

pytestmark = pytest.mark.row("R1")
PAPER = {
    "company": "海棠",
    "title": "周报",
    "body": "b" * 40,
    "tables": [{"caption": "表", "columns": ["x"] * 5, "rows": [["a"] * 5] * 50}],
    "facts": {"甲": "乙"},
    "signatures": ["某"] * 3,
}
SOON_S = 6.0


def a_template(*paragraphs):
    word = Word()
    for text in paragraphs:
        word.add_paragraph(text)
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def refusal(content):
    with pytest.raises(RuleBroken) as refused:
        template.fill(content, PAPER)
    return refused.value.code


OUT = [
    "{{ ''.__class__.__mro__ }}",
    "{{ title.__init__.__globals__ }}",
    "{{ '{0.__class__}'.format(title) }}",
    "{{ title.format.__self__ }}",
    "{{ ().__class__.__base__.__subclasses__() }}",
    "{{ facts.__getitem__ }}",
    "{{ title|attr('__class__') }}",
    "{{ tables|map(attribute='__class__')|list }}",
    "{{ title.encode().decode('unicode_escape') }}",
    "{{ facts.update({}) }}",
    "{{ facts.pop('甲') }}",
    "{{ signatures.append(1) }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ lipsum() }}",
    "{{ self.__init__ }}{{ title }}",
    "{% include '/etc/passwd' %}{{ title }}",
    "{% import 'os' as os %}{{ title }}",
    "{% extends 'x' %}{{ title }}",
    "{% macro a() %}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}{{ title }}",
    "{% for t in tables recursive %}{{ loop(tables) }}{% endfor %}",
    "{% for t in tables %}{{ loop.__init__ }}{% endfor %}",
    "{% filter upper %}{{ title }}{% endfilter %}",
    "{% set a %}{{ body }}{% endset %}{{ a }}",
]
GROWN = [
    "{{ '{:>999999999}'.format(title) }}",
    "{{ title.ljust(900000000) }}",
    "{{ title.zfill(900000000) }}",
    "{{ '\\t'.expandtabs(900000000)|length }}{{ title }}",
    "{{ title|batch(300000000, 'x')|list|length }}",
    "{{ title|slice(100000000)|list|length }}",
    "{{ tables|tojson(1000000000) }}",
    "{{ title|center(900000000) }}",
    "{% set a = body ~ body %}" + "{% set a = a ~ a %}" * 26 + "{{ a|length }}",
    "{% set a = tables + tables %}" + "{% set a = a + a %}" * 26 + "{{ a|length }}",
    "{% set a = body + body %}" + "{% set a = a + a %}" * 26 + "{{ a|length }}",
    "{% set a = body|replace('', body) %}" + "{% set a = a|replace('', a) %}" * 5 + "{{ a|length }}",
    "{% set a = body|join(body) %}" + "{% set a = a|join(a) %}" * 5 + "{{ a|length }}",
    "{% set a = [body] %}" + "{% set a = [a, a] %}" * 30 + "{{ a }}",
    "{% set a = {1: body} %}" + "{% set a = {1: a, 2: (a, a)} %}" * 30 + "{{ a|string|length }}",
    "".join(f"{{% for a{n} in body %}}" for n in range(6)) + "x" + "{% endfor %}" * 6,
    "".join(f"{{% for a{n} in body %}}" for n in range(4)) + "{{ body }}" * 20 + "{% endfor %}" * 4,
    "{% for a in body %}{% for b in body %}{% for c in body %}" + "x" * 3000 + "{% endfor %}" * 3,
    "{{ 999999 * title }}",
    "{{ 9**9**9 }}{{ title }}",
]


@pytest.mark.parametrize("text", OUT)
def test_no_template_gets_out(text):
    assert refusal(a_template(text)) in (
        *("paper.template_wrong", "paper.template_refused", "paper.template_unknown", "paper.template_empty"),
    )


@pytest.mark.parametrize("text", GROWN, ids=[text[:40] for text in GROWN])
def test_no_template_grows_or_goes_on_without_end(text):
    begun = time.process_time()
    assert refusal(a_template(text)).startswith("paper.template_")
    assert time.process_time() - begun < SOON_S


def test_what_papers_need_is_there():
    text = (
        "{% for t in tables %}{{ loop.index }}/{{ loop.length }}{{ loop.cycle('一', '二') }} {{ t.rows|length }} "
        "{% for r in t.rows[:2] %}{{ r|join('-') }} {% endfor %}{% endfor %}"
        "{% for k, v in facts.items() %}{{ k ~ ':' ~ v }}{% endfor %}{% set n = tables|length + 1 %}{{ n * 2 }}"
        "{{ title|upper }}{{ company|replace('海', '江') }}{{ signatures|default('-')|first }}"
    )
    said = "\n".join(one.text for one in template.fill(a_template(text), PAPER).paragraphs)
    assert said == "1/1一 50 a-a-a-a-a a-a-a-a-a 甲:乙4周报江棠某"


def test_parts_that_lie_about_their_size_are_not_believed():
    """The directory says 10 bytes, the stream holds 200 MB."""
    made = a_template("{{ title }}")
    stream = io.BytesIO(made)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/theme/bomb.xml", b" " * 200_000_000)
    whole = bytearray(stream.getvalue())
    entry = whole.rindex(b"PK\x01\x02")
    whole[entry + 24 : entry + 28] = struct.pack("<I", 10)
    whole[entry + 16 : entry + 20] = struct.pack("<I", zlib.crc32(b" " * 10))
    begun = time.process_time()
    filled = template.fill(bytes(whole), PAPER)
    assert [one.text for one in filled.paragraphs] == ["周报"]
    assert time.process_time() - begun < SOON_S


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        b'<!doctype a SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_part_declares_entities(declared, encoding):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_template("{{ title }}"))) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name in ("word/document.xml", "word/styles.xml"):
                head, mark, rest = part.partition(b"?>")
                part = (head + mark + declared + rest).decode().replace("UTF-8", encoding).encode(encoding)
            new.writestr(name, part)
    assert refusal(made.getvalue()) == "paper.template_none"


def test_two_parts_of_one_name_are_none():
    made = io.BytesIO(a_template("{{ title }}"))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(made, "a") as packed:
        packed.writestr("word/document.xml", b"<x/>")
    assert refusal(made.getvalue()) == "paper.template_none"


PIECES = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%}",
            "title",
            "tables",
            "body",
            "for",
            "in",
            "endfor",
            "if",
            "endif",
            "set",
            "=",
        ),
        *("~", "+", "*", "|", "length", "join", "replace", "(", ")", "[", "]", ".", "'", '"', ",", "1", "9"),
        *("loop", "index", "facts", "items", "__class__", "upper", "range"),
    ]
)


@given(st.lists(PIECES, max_size=14).map(" ".join))
@examples(25)
def test_whatever_is_written_it_is_filled_or_refused_in_words(text):
    try:
        template.fill(a_template("{{ body }}", text), PAPER)
    except RuleBroken as refused:
        reason = refused.code
    else:
        reason = "paper.template_filled"
    assert reason.startswith("paper.template_")
