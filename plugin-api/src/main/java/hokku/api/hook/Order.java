package hokku.api.hook;

/// When a handler runs among those of the same hook point; within one, plugins go by their dependencies, then by id.
public enum Order { EARLY, NORMAL, LATE }
