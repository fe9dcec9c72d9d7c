"""Prints a generated filing as it may reach us: wrapped text, pages and footnotes in mid-sentence, mail, SGML, HTML."""

import html
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .filing_generator import MARK, Block, Document

ACCESSION = "0000811785-98-000123"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    seed: int = 0
    form: str = "text"  # text, html
    width: int = 80
    indent: int = 5
    justified: bool = False
    break_words: bool = False  # numbers and hyphenated words broken over line ends
    pages: str = "plain"  # none, plain, numbered, before, after
    footnotes_in_sentence: bool = True
    stuffed: bool = False
    container: str = "bare"  # bare, submission, mail, mirror
    first_document: bool = False  # another document of the submission stands before the 8-K
    encoding: str = "utf-8"
    line_end: str = "\n"
    depth: int = 0  # of HTML nesting
    cut_numbers: bool = False  # tags inside numbers
    tables: bool = False


def printed(document: Document, envelope: Envelope) -> bytes:
    """The file's bytes."""
    rng = random.Random(envelope.seed)
    text = _as_html(document, envelope, rng) if envelope.form == "html" else _as_text(document, envelope, rng)
    if envelope.stuffed and envelope.form == "text":
        text = re.sub(r"^-", "- -", text, flags=re.M)
    stated = {fact.key: fact.value for fact in document.facts if fact.scope == "filing"}
    header = _HEADER.format(period=stated["report_date"].replace("-", ""), number=stated["commission_file_number"])
    text = _contained(text, envelope, header)
    text = text.replace("\n", envelope.line_end)
    return text.encode(envelope.encoding, errors="strict")


# --- plain text ---------------------------------------------------------------------------------------------------


def _as_text(document: Document, envelope: Envelope, rng: random.Random) -> str:
    chunks: list[str] = []
    notes: list[Block] = []
    blocks = list(document.blocks)
    for k, block in enumerate(blocks):
        if block.kind == "note":
            notes.append(block)
            last = k + 1 == len(blocks) or blocks[k + 1].kind != "note"
            if last:
                text = _notes(notes, envelope)
                page = k + 1 < len(blocks) and blocks[k + 1].kind == "page"
                target = len(chunks) - 1
                apart = "<PAGE>" not in chunks[target]
                if (
                    page
                    and apart
                    and envelope.footnotes_in_sentence
                    and envelope.pages != "none"
                    and notes[0].mark != "*"
                ):
                    chunks[target] = _inserted(chunks[target], f"\n{text}{_page(rng, envelope)}", rng)
                else:
                    chunks.append(text)
                notes = []
        elif block.kind == "page":
            if envelope.pages != "none" and not (chunks and chunks[-1].endswith("<PAGE>\n")):
                chunks.append(_page(rng, envelope))
        else:
            chunk = _text_block(block, envelope, rng)
            if block.kind == "para" and envelope.pages != "none" and rng.random() < 0.1:
                chunk = _inserted(chunk, _page(rng, envelope), rng)
            chunks.append(chunk)
    return "\n".join(chunks) + "\n"


def _text_block(block: Block, envelope: Envelope, rng: random.Random) -> str:
    width = envelope.width
    if block.kind == "rule":
        return ("-" * rng.randint(14, width)).center(width).rstrip()
    if block.kind == "columns":
        parts = block.text.split("\t")
        room = width // len(parts)
        return "  " + "".join(part.ljust(room) if len(part) < room else f"{part}   " for part in parts).rstrip()
    if block.kind == "line":
        return "\n".join(part.center(width).rstrip() for part in _cut(block.text, width))
    if block.kind == "name":
        return " " * (width // 2) + block.text
    if block.kind == "left":
        return f"\n{block.text}\n"
    text = _marked(block.text, "({})")
    indent = envelope.indent if block.kind == "para" else 5
    hanging = 10 if block.kind == "item" else 0
    lines = list(_wrapped(" " * indent + text, envelope, rng, hanging))
    return "\n".join(lines) + "\n"


def _marked(text: str, style: str) -> str:
    return re.sub(f"{MARK}(.)", lambda match: style.format(match[1]), text)


def _cut(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


_WRAPPABLE = re.compile(r"\$[\d,]+(?:\.\d\d)?")


def _wrapped(text: str, envelope: Envelope, rng: random.Random, hanging: int) -> Iterator[str]:
    lead = re.match(r" *", text)
    line = lead[0] if lead else ""
    fresh = True
    for given in text.strip().split(" "):
        word = given
        if len(line) + 1 + len(word) > envelope.width and not fresh:
            head, tail = _broken(word, envelope.width - len(line) - 1, rng) if envelope.break_words else ("", word)
            yield _justified(f"{line} {head}".rstrip(), envelope, rng)
            line, word, fresh = " " * hanging, tail, True
        line += word if fresh else f" {word}"
        fresh = False
    yield line.rstrip()


def _broken(word: str, room: int, rng: random.Random) -> tuple[str, str]:
    """Where a word may be broken so that its head fits: after "$", a comma or a point of an amount, after a hyphen."""
    places = [m.end() for m in re.finditer(r"\$|,(?=\d)|\.(?=\d\d\b)", word)] if _WRAPPABLE.match(word) else []
    places += [m.end() for m in re.finditer(r"(?<=[A-Za-z])-(?=[A-Za-z0-9])", word)]
    fitting = [place for place in places if place <= room]
    place = rng.choice(fitting) if fitting else 0
    return word[:place], word[place:]


def _justified(line: str, envelope: Envelope, rng: random.Random) -> str:
    if not envelope.justified:
        return line
    body = line.lstrip()
    return line[: len(line) - len(body)] + re.sub(" ", lambda _: rng.choice([" ", " ", "  "]), body)


def _inserted(chunk: str, what: str, rng: random.Random) -> str:
    """Something printed between two lines of a paragraph; not where a number or word goes over the line end."""
    lines = chunk.split("\n")
    places = [
        k for k in range(1, len(lines) - 1)
        if lines[k].strip() and not re.search(r"(?:[-$]|\d,|\d\.)$", lines[k - 1])
    ]  # fmt: skip
    if not places:
        return chunk
    k = rng.choice(places)
    return "\n".join([*lines[:k], what.rstrip("\n"), *lines[k:]])


def _page(rng: random.Random, envelope: Envelope) -> str:
    number = rng.randint(1, 12)
    return {
        "plain": "<PAGE>\n",
        "numbered": f"<PAGE>   {number}\n",
        "before": f"\n\n{f'-{number}-'.center(envelope.width).rstrip()}\n<PAGE>\n",
        "bare": f"\n\n{str(number).center(envelope.width).rstrip()}\n\n<PAGE>\n",
        "after": f"<PAGE>\n\n{f'- {number} -'.center(envelope.width).rstrip()}\n\n",
    }[envelope.pages]


def _notes(notes: list[Block], envelope: Envelope) -> str:
    text = "--------\n"
    for note in notes:
        lines = list(_cut(note.text, envelope.width - 5))
        text += f"{note.mark}    " + "\n     ".join(lines) + "\n\n"
    return text


# --- containers ----------------------------------------------------------------------------------------------------

_HEADER = (
    "<SEC-HEADER>0000811785-98-000123.hdr.sgml : 19981001\nACCESSION NUMBER:\t\t0000811785-98-000123\n"
    "CONFORMED SUBMISSION TYPE:\t8-K\nPUBLIC DOCUMENT COUNT:\t\t2\nCONFORMED PERIOD OF REPORT:\t{period}\n"
    "ITEM INFORMATION:\t\tAcquisition or disposition of assets\nFILED AS OF DATE:\t\t19981001\n\nFILER:\n\n"
    "\tCOMPANY DATA:\t\n\t\tCOMPANY CONFORMED NAME:\t\t\tCITICORP MORTGAGE SECURITIES INC\n"
    "\t\tCENTRAL INDEX KEY:\t\t\t0000811785\n\t\tSTANDARD INDUSTRIAL CLASSIFICATION:\tASSET-BACKED SECURITIES [6189]\n"
    "\tFILING VALUES:\n\t\tFORM TYPE:\t\t8-K\n\t\tSEC FILE NUMBER:\t{number}\n\t\tFILM NUMBER:\t\t98719246\n</SEC-HEADER>\n"
)
_MAIL = (
    "-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nProc-Type: 2001,MIC-CLEAR\nOriginator-Name: keymaster@town.hall.org\n"
    "Originator-Key-Asymmetric:\n MFkwCgYEVQgBAQICAgADSwAwSAJBALeWW4xDV4i7+b6+UyPn5RtObb1cJ7VkACDq\nMIC-Info: RSA-MD5,RSA,\n"
    " AH1QzF5yBGn9Vq0ZkSk2dYkIyH7l3gLQmJw5a==\n\n"
)
_OTHER = (
    "<DOCUMENT>\n<TYPE>{kind}\n<SEQUENCE>{number}\n<DESCRIPTION>COVER LETTER\n<TEXT>\nWe enclose 3 copies and a check for $125.\n"
    "</TEXT>\n</DOCUMENT>\n"
)


def _contained(text: str, envelope: Envelope, header: str) -> str:
    if envelope.container == "bare":
        return text
    if envelope.container == "mirror":
        return (
            f"Previous: CITICORP MORTGAGE SECURITIES INC, 8-K, 1998-09-28\nNext: ACME CORP, 10-Q, 1998-10-01\n\n{text}"
        )
    first, second = ("COVER", "8-K") if envelope.first_document else ("8-K", "EX-99")
    ours = f"<DOCUMENT>\n<TYPE>8-K\n<SEQUENCE>1\n<FILENAME>filing.txt\n<TEXT>\n{text}</TEXT>\n</DOCUMENT>\n"
    other = _OTHER.format(kind=first if envelope.first_document else second, number=2)
    documents = other + ours if envelope.first_document else ours + other
    whole = f"<SEC-DOCUMENT>{ACCESSION}.txt : 19981001\n{header}{documents}</SEC-DOCUMENT>\n"
    if envelope.container == "mail":
        return f"{_MAIL}{whole}-----END PRIVACY-ENHANCED MESSAGE-----\n"
    return whole


# --- HTML ----------------------------------------------------------------------------------------------------------


def _as_html(document: Document, envelope: Envelope, rng: random.Random) -> str:
    out = [
        "<html>\n<head><title>8-K</title><style>p { margin: 12pt }</style></head>\n<body>\n",
        "<div>" * envelope.depth,
    ]
    for block in document.blocks:
        text = _html_text(block.text, envelope, rng)
        if block.kind == "rule":
            out.append("<hr>\n" if rng.random() < 0.5 else "<p align=center>----------------------</p>\n")
        elif block.kind == "page":
            out.append('<hr style="page-break-after: always">\n' if rng.random() < 0.5 else "<PAGE>\n")
        elif block.kind == "columns":
            cells = "".join(f"<td>{part}</td>" for part in text.split("\t"))
            out.append(f"<table><tr>{cells}</tr></table>\n")
        elif block.kind in ("line", "name", "left"):
            tag = rng.choice(["p", "div"])
            out.append(f"<{tag} align=center>{text}</{tag}>\n")
        elif block.kind == "note":
            mark = block.mark if block.mark == "*" else f"<sup>{block.mark}</sup>" if rng.random() < 0.5 else block.mark
            rule = "<hr>\n" if block.mark in ("1", "*") else ""
            out.append(f"{rule}<p>{mark}&nbsp;&nbsp; {text}</p>\n")
        elif block.kind == "item" and envelope.tables:
            out.append(f"<table><tr><td valign=top>{text.replace('. ', '.</td><td>', 1)}</td></tr></table>\n")
        else:
            out.append(f"<p>{text}</p>\n")
    return "".join(out) + "</div>" * envelope.depth + "</body>\n</html>\n"


def _html_text(text: str, envelope: Envelope, rng: random.Random) -> str:
    smart = rng.random() < 0.5
    if smart:
        text = re.sub(r'"(?=\w)', "“", text).replace('"', "”").replace("'", "’")
    safe = html.escape(text, quote=False)
    if smart and (envelope.encoding not in ("utf-8", "utf-8-sig", "utf-16", "cp1252") or rng.random() < 0.5):
        for mark, entity in (("“", "&ldquo;"), ("”", "&#148;"), ("’", "&#8217;")):
            safe = safe.replace(mark, entity)
    safe = re.sub(
        f"{MARK}(.)", lambda match: rng.choice(["<sup>{}</sup>", "<sup>({})</sup>", "({})"]).format(match[1]), safe
    )
    safe = re.sub(r"\.\*", lambda _: rng.choice([".*", ".<sup>*</sup>"]), safe)
    if envelope.cut_numbers:
        safe = re.sub(r"(?<=\d,)(?=\d{3})", lambda _: rng.choice(["", "", "<b></b>", "</font><font size=2>"]), safe)
    safe = re.sub(r" ", lambda _: rng.choice([" "] * 12 + ["&nbsp;", "\n", "&#160;"]), safe)
    return safe.replace("-", "&#45;") if rng.random() < 0.05 else safe
