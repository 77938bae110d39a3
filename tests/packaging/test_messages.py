"""The sentences of the browser's modules reach the translators, wherever in a template they stand."""

import io

import pytest

from deploy.js_messages import extract


def sentences(code: str) -> list[tuple[str | None, ...]]:
    """Return the literal arguments of every t() and tn() in a module."""
    return [found for _, _, found, _ in extract(io.BytesIO(code.encode()), ["t", "tn"], [], {})]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('t("Ready")', "Ready"),
        ("t('Ready')", "Ready"),
        ('html`<p>${t("Ready")}</p>`', "Ready"),
        ('html`<p title="${t("Ready")}">`', "Ready"),
        ('html`<p>don\'t ${t("Ready")}</p>`', "Ready"),
        ('html`${open && html`<b>${t("Ready")}</b>`}`', "Ready"),
        ('html`${list.map((x) => { return { words: t("Ready") }; })}`', "Ready"),
        ('t("Press " + "twice")', "Press twice"),
        ("t(`Ready`)", "Ready"),
        ('const quote = /["`]/; t("Ready")', "Ready"),
        ('a / b; t("Say \\"\\u05d0\\"")', 'Say "א"'),
        ('t("Hello {name}", { name: `${person}` })', "Hello {name}"),
    ],
)
def test_a_sentence_is_found(code: str, expected: str) -> None:
    assert [found[0] for found in sentences(code)] == [expected]


@pytest.mark.parametrize(
    "code", ['// t("no")', '/* t("no") */', '"t(\\"no\\")"', 'chart.t("no")', 'function t("no") {}']
)
def test_what_is_no_sentence_is_left_alone(code: str) -> None:
    assert sentences(code) == []


def test_singular_and_plural_stay_together() -> None:
    assert sentences('tn("One room", "{n} rooms", rooms.length)') == [("One room", "{n} rooms", None)]


def test_a_sentence_made_at_run_time_is_not_taken_for_a_literal() -> None:
    assert sentences("t(code); t(`Hello ${name}`)") == [(None,), (None,)]


def test_lines_are_counted_through_templates() -> None:
    code = 'html`\n\n${t("Ready")}\n`;\n\nt("Go")'
    assert [line for line, *_ in extract(io.BytesIO(code.encode()), ["t"], [], {})] == [3, 6]
