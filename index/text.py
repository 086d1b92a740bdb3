"""Cut and join visible text without losing where its characters stand in the file."""

from index.report import Piece, Text


def slice_text(text: Text, start: int, end: int) -> Text:
    """Take text[start:end] with the pieces that lie in it."""
    pieces = []
    for piece in text.pieces:
        begin, finish = max(piece.start, start), min(piece.end, end)
        if begin >= finish:
            continue
        plain = piece.end - piece.start == piece.source_end - piece.source
        source = piece.source + (begin - piece.start if plain else 0)
        source_end = source + (finish - begin) if plain else piece.source_end
        pieces.append(Piece(start=begin - start, end=finish - start, source=source, source_end=source_end))
    return Text(text=text.text[start:end], pieces=tuple(pieces))


def join_texts(first: Text, second: Text, *, divider: str = "\n") -> Text:
    """Put one text under another; the divider belongs to no place in the file."""
    if not first.text or not second.text:
        return first if first.text else second
    shift = len(first.text) + len(divider)
    moved = tuple(
        Piece(start=piece.start + shift, end=piece.end + shift, source=piece.source, source_end=piece.source_end)
        for piece in second.pieces
    )
    return Text(text=first.text + divider + second.text, pieces=first.pieces + moved)
