"""The packages that some schemes want, which `make remote` installs beside the lock."""

from workflow_scripts.fetch.remote_file import FetchError


def not_installed(address: str, error: ModuleNotFoundError) -> FetchError:
    """What to say where a package of the group is wanted and absent."""
    return FetchError(
        "not_installed",
        f"{address}: what knows addresses of this kind is not installed here (no module {error.name}): "
        "`make remote` installs it",
    )
