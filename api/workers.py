"""Keep several workers on one socket: uvicorn's supervisor, which learns at once of a worker's death."""

from uvicorn.supervisors import Multiprocess


class Workers(Multiprocess):
    """Replaces a worker that dies while it is asked whether it lives, and does not wait for its answer.

    uvicorn keeps the worker's end of their pipe open beside its own, so that the pipe never tells it of the death.
    """

    def init_processes(self) -> None:
        """Start the workers."""
        super().init_processes()
        self._hang_up()

    def keep_subprocess_alive(self) -> None:
        """Replace the workers that died."""
        super().keep_subprocess_alive()
        self._hang_up()

    def _hang_up(self) -> None:
        for process in self.processes:
            process.child_conn.close()
