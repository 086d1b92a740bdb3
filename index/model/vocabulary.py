"""Learn the tokenizer: Chinese words and characters, English words and their parts, in one Unigram model."""

import json
import math
from collections import Counter
from collections.abc import Iterable

import jieba
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

UNKNOWN = "<unk>"

# Runs of Han, of other letters and of digits stand apart; a letter run begins with a word mark, a Han run does not,
# so that 排放 is the same piece at the start of a line and after a comma.
RUNS = r"\p{Han}+|[\p{L}&&[^\p{Han}]]+|\p{N}+|\s+"
MARKED_NON_WORD = r"▁(?!\p{L})|▁(?=\p{Han})"
PART = -20.0  # added to the score of a part of a word, so that a whole word always comes first


def learn_vocabulary(
    texts: Iterable[str],
    *,
    chinese: int = 20_000,
    english: int = 20_000,
    parts: int = 6_000,
    longest: int = 4,
    rare: int = 4,
) -> Tokenizer:
    """Learn pieces from folded texts: the likeliest split of a run is taken, as in Kudo's Unigram (ACL 2018).

    Chinese pieces are jieba's words with their counts and every character seen `rare` times; English pieces are
    words with their counts and `parts` of words. The scripts never meet in a run, so their scores need not be
    comparable.
    """
    runs = Counter(run for text in texts for run, _ in _split().pre_tokenize_str(text))
    han = {run: count for run, count in runs.items() if "\u3400" <= run[0] <= "\u9fff"}
    other = {run: count for run, count in runs.items() if run not in han}
    pieces = _chinese_pieces(han, chinese, longest, rare) | _english_pieces(other, english, parts, rare)
    return _tokenizer([(UNKNOWN, 0.0), *sorted(pieces.items(), key=lambda piece: (-piece[1], piece[0]))])


def _chinese_pieces(runs: dict[str, int], size: int, longest: int, rare: int) -> dict[str, float]:
    words: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for run, count in runs.items():
        for word in jieba.cut(run, HMM=False):
            words[word] += count
        for character in run:
            characters[character] += count
    single = {c: max(words[c], 1) for c, count in characters.items() if count >= rare}
    several = [(w, c) for w, c in words.most_common() if 1 < len(w) <= longest]
    counts = single | dict(several[: size - len(single)])
    total = sum(counts.values())
    return {word: math.log(count / total) for word, count in counts.items()}


def _english_pieces(runs: dict[str, int], size: int, parts: int, rare: int) -> dict[str, float]:
    """Take the commonest words whole; other words fall into parts, learnt from word types rather than their use."""
    total = sum(runs.values())
    marked = {f"▁{run}" if run[0].isalpha() else run: count for run, count in runs.items()}
    fallback = _parts({run: count for run, count in runs.items() if run[0].isalpha()}, parts, rare)
    common = sorted(marked.items(), key=lambda piece: (-piece[1], piece[0]))[: size - len(fallback)]
    whole = {word: math.log(count / total) for word, count in common if count >= rare}
    return {piece: score + PART for piece, score in fallback.items()} | whole


def _parts(words: dict[str, int], size: int, rare: int) -> dict[str, float]:
    characters = Counter(character for word in words for character in word)
    tokenizer = _tokenizer([(UNKNOWN, 0.0)])
    trainer = trainers.UnigramTrainer(
        vocab_size=size,
        unk_token=UNKNOWN,
        special_tokens=[UNKNOWN],
        initial_alphabet=sorted(c for c, count in characters.items() if count >= rare),
        show_progress=False,
    )
    tokenizer.train_from_iterator(sorted(words), trainer)
    learnt = json.loads(tokenizer.to_str())["model"]["vocab"]
    return {piece: score for piece, score in learnt if piece != UNKNOWN}


def _split() -> pre_tokenizers.Sequence:
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(RUNS), "isolated"), pre_tokenizers.WhitespaceSplit()])


def _tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            _split(),
            pre_tokenizers.Metaspace(prepend_scheme="always", split=False),
            pre_tokenizers.Split(Regex(MARKED_NON_WORD), "removed"),
        ]
    )
    return tokenizer
