"""Learn the tokenizer: Chinese words, names and characters, English words and parts, numbers, in one Unigram model."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator

import jieba
import regex
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

UNKNOWN = "<unk>"

# Runs of Han, of other letters and of digits stand apart; a letter run begins with a word mark, a Han run does not,
# so that 排放 is the same piece at the start of a line and after a comma.
RUNS = r"\p{Han}+|[^\P{L}\p{Han}]+|\p{N}+|\s+"
NAME = regex.compile(r"(?<=^|·)\p{Han}{2,5}(?=·|$)")  # 彼得 and 希格斯 in 彼得·希格斯
MARKED_NON_WORD = r"▁(?!\p{L})|▁(?=\p{Han})"
PART = -20.0  # added to the score of a part of a word, so that a whole word always comes first


def learn_vocabulary(
    texts: Iterable[str],
    *,
    chinese: int = 27_000,
    english: int = 25_000,
    parts: int = 6_000,
    longest: int = 6,
    rare: int = 4,
) -> Tokenizer:
    """Learn pieces from folded texts: the likeliest split of a run is taken, as in Kudo's Unigram (ACL 2018).

    Chinese pieces are jieba's words with their counts, the parts of foreign names and every character seen `rare`
    times; English pieces are words with their counts and `parts` of words; numbers of up to three digits and years are
    pieces, so that they match as they stand. The scripts never meet in a run, so their scores need not be comparable.
    """
    runs: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for text in texts:
        runs.update(_RUN.findall(text))
        if "·" in text:
            names.update(NAME.findall(text))
    han = {run: count for run, count in runs.items() if "\u3400" <= run[0] <= "\u9fff"}
    other = {run: count for run, count in runs.items() if run not in han}
    common = {name: count for name, count in names.items() if count >= rare / 2}
    pieces = _chinese_pieces(han, common, chinese, longest, rare) | _english_pieces(other, english, parts, rare)
    pieces = dict.fromkeys(_numbers(), max(pieces.values())) | pieces
    rounded = {piece: round(score, 3) for piece, score in pieces.items()}  # what stands in the file is short
    return _tokenizer([(UNKNOWN, 0.0), *sorted(rounded.items(), key=lambda piece: (-piece[1], piece[0]))])


def _chinese_pieces(
    runs: dict[str, int], names: dict[str, int], size: int, longest: int, rare: int
) -> dict[str, float]:
    words: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for run, count in runs.items():
        for word in jieba.cut(run, HMM=False):
            words[word] += count
        for character in run:
            characters[character] += count
    single = {c: max(words[c], 1) for c, count in characters.items() if count >= rare}
    unheard = {name: count for name, count in names.items() if name not in words}
    several = [(w, c) for w, c in words.most_common() if 1 < len(w) <= longest]
    counts = single | unheard | dict(several[: max(size - len(single) - len(unheard), 0)])
    total = sum(counts.values())
    return {word: math.log(count / total) for word, count in counts.items()}


def _numbers() -> Iterator[str]:
    """Give the numbers a text most likely has: 0 to 999, 00 to 09, 000 to 099, years."""
    yield from (f"{number:0{width}d}" for width in (1, 2, 3) for number in range(10**width))
    yield from (str(year) for year in range(1000, 2101))


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


_RUN = regex.compile(r"\p{Han}+|[^\P{L}\p{Han}]+|\p{N}+")


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


def spelt_out(tokenizer: Tokenizer) -> list[list[int]]:
    """Give for each piece the smaller pieces it is written with; a piece that has none stands for itself."""
    learnt: list[tuple[str, float]] = json.loads(tokenizer.to_str())["model"]["vocab"]
    small = [(piece, score) for piece, score in learnt if score < PART or len(piece) == 1]
    ids = {piece: number for number, (piece, _) in enumerate(learnt)}
    speller = Tokenizer(models.Unigram([(UNKNOWN, 0.0), *(p for p in small if p[0] != UNKNOWN)], unk_id=0))
    found: list[list[int]] = []
    for piece, encoding in zip(ids, speller.encode_batch([piece for piece, _ in learnt]), strict=True):
        whole = piece == UNKNOWN or piece.isdigit() or 0 in encoding.ids
        found.append([ids[piece]] if whole else [ids[part] for part in encoding.tokens])
    return found
