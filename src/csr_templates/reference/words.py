"""The words of a page's language."""

from collections.abc import Mapping

from csr_templates.reference.markers import PageError


class Words:
    """The words of a page's language. Missing words stay in English, and are recorded.

    Attributes:
        file: where the words are, for messages.
        missing: the English words without a translation, in order of use.
    """

    def __init__(self, words: Mapping[str, str] | None = None, file: str = "") -> None:
        self.words = words
        self.file = file
        self.missing: dict[str, None] = {}

    @property
    def translated(self) -> bool:
        """Whether the language is not English."""
        return self.words is not None

    def __call__(self, english: str) -> str:
        """Return a word, or a whole text, in the language of the page."""
        if self.words is None or not english:
            return english
        if english not in self.words:
            self.missing[english] = None
        return self.words.get(english, english)

    def fill(self, english: str, **values: str) -> str:
        """Return a text with values in its placeholders.

        Raises:
            PageError: the translated text has placeholders that the English text does not have.
        """
        text = self(english)
        try:
            return text.format(**values)
        except (KeyError, IndexError, ValueError) as error:
            names = ", ".join(f"{{{name}}}" for name in values)
            raise PageError(
                f'{self.file}: "{english}": found "{text}"; allowed in braces: {names}.'
            ) from error
