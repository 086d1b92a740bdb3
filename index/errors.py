"""What can go wrong with a report, a model or a snapshot, as one small tree."""


class EsgQaError(Exception):
    """Anything this service can explain to the person who caused it."""


class UnreadableReport(EsgQaError):
    """The file is not a report this service can read."""


class UnknownFormat(UnreadableReport):
    """The file's suffix names no format that has a reader."""


class UnknownModel(EsgQaError):
    """The embedding model named in the settings cannot be loaded."""


class ModelMismatch(EsgQaError):
    """The index was embedded by another model than the one that would embed the question."""


class SnapshotError(EsgQaError):
    """The index folder holds no snapshot, a damaged one, or cannot be written."""
