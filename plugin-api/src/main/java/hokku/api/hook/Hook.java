package hokku.api.hook;

/// A point of a deploy. The set is closed; each point is a type.
public sealed interface Hook permits Before, After {}
