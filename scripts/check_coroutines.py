#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Finds `co_await` in the company that g++ 12 miscompiles (wrong results, double frees), which no compiler reports.

Refused: more than one `co_await` in a statement; `&&` or `||` beside one; and, within the expression that is awaited,
a lambda with captures, a `Type{...}` or a braced list. Say it in two statements, with a named variable.
Usage: scripts/check_coroutines.py [ROOT]. Exit: 0 none, 1 some, with a line for each.
"""
import pathlib
import re
import sys

FOLDERS = ("include", "src", "cli", "web", "tests", "benchmarks", "examples")
LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
AWAIT = re.compile(r"\bco_await\b")
KEYWORDS = re.compile(r"\b(?:if|while|for|switch)\s*(?:constexpr\s*)?$")


def blank(match):
    """Comments and literals say nothing; line breaks stay, so that line numbers do. A literal stays an operand."""
    text = match.group()
    return '""' + "".join(c for c in text if c == "\n") if text[0] in "\"'R" else re.sub(r"[^\n]", " ", text)


def closing(text, at):
    """Where the bracket that opens at `at` closes."""
    depth = 0
    for index in range(at, len(text)):
        if text[index] in "([{":
            depth += 1
        elif text[index] in ")]}":
            depth -= 1
            if depth == 0:
                return index
    return len(text)


def is_block(text, at):
    """Whether the brace at `at` opens a block, a class or the body of a function or lambda, not an initialiser."""
    before = text[:at].rstrip()
    if not before or before[-1] in ";{}:)":
        return True
    return bool(re.search(r"\b(?:else|do|try|const|noexcept|mutable|final|override)$|->\s*[\w:<>,&* ]+$", before)
                or re.search(r"\b(?:struct|class|union|enum|namespace)\b[^;{}()=]*$", before))


def statement_around(text, at):
    """(begin, end) of the statement with the position `at`: a condition in parentheses counts as one of its own."""
    begin = at
    depth = 0
    while begin > 0:
        c = text[begin - 1]
        if c in ")]}":
            if c == "}" and depth == 0:
                break
            depth += 1
        elif c in "([{":
            if depth == 0:
                if c == "{" and is_block(text, begin - 1):
                    break
                if c == "(" and KEYWORDS.search(text[:begin - 1]):
                    break
            else:
                depth -= 1
        elif c == ";" and depth == 0:
            break
        begin -= 1
    end = at
    depth = 0
    while end < len(text):
        c = text[end]
        if c in "([{":
            if c == "{" and depth == 0 and is_block(text, end):
                break
            end = closing(text, end)
        elif c in ")]}":
            depth -= 1
            # The end of the condition in which the statement began.
            if depth < 0 and text.rfind("(", 0, begin) == begin - 1 and KEYWORDS.search(text[:begin - 1]):
                break
        elif c == ";":
            break
        end += 1
    return begin, end


def awaited_end(text, at, end):
    """Where the operand that begins at `at` ends: names, calls, members, templates."""
    index = at
    while index < end:
        c = text[index]
        if c in "([{":
            index = closing(text, index) + 1
        elif c in ",;)]}?" or (c in "+-/%=|^" and text[index:index + 2] != "->"):
            break
        elif text[index:index + 2] == "->":
            index += 2
        else:
            index += 1
    return min(index, end)


def findings(text):
    """Yields (position, what is wrong)."""
    text = LITERAL.sub(blank, text)
    seen = set()
    for match in AWAIT.finditer(text):
        begin, end = statement_around(text, match.start())
        statement = text[begin:end]
        first = begin not in seen
        seen.add(begin)
        if first and len(AWAIT.findall(statement)) > 1:
            yield match.start(), "more than one co_await in a statement"
        if first and re.search(r"&&(?!\s*[\w.]*\s*[,)=])|\|\|", statement):
            yield match.start(), "co_await beside && or ||"
        operand = text[match.end():awaited_end(text, match.end(), end)]
        if re.search(r"(?<![\w)\]])\[\s*[^\]\s]", operand):
            yield match.start(), "a lambda with captures in what is awaited"
        if re.search(r"[\w>(,]\s*\{", operand):
            yield match.start(), "a brace-initialised value in what is awaited"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    failed = False
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[hc]pp")):
            text = path.read_text(encoding="utf-8")
            if "co_await" not in text:
                continue
            for position, what in findings(text):
                # Positions are those of the text without literals, whose line breaks are the same.
                line = LITERAL.sub(blank, text).count("\n", 0, position) + 1
                print(f"{path.relative_to(root)}:{line}: {what}; g++ 12 miscompiles that, name it in a statement before")
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
