"""What words are: lemmas, stems and languages, by libraries and dictionaries that work offline."""

from monitor.language.lexicon import SimplemmaLexicon

__all__ = ["SimplemmaLexicon"]
