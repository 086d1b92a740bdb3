"""Cut Chinese into words with jieba's own dictionary."""

import logging
from functools import cache

import jieba


def cut(text: str) -> list[str]:
    """Cut folded Chinese text into words, without guessing unknown ones.

    >>> cut("平均培训时数")
    ['平均', '培训', '时数']
    """
    return list(plain_tokenizer().cut(text, HMM=False))


@cache
def plain_tokenizer() -> jieba.Tokenizer:
    """Load jieba's dictionary, once."""
    return new_tokenizer()


def new_tokenizer() -> jieba.Tokenizer:
    """Load a tokenizer of one's own, to which words may be added."""
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer
