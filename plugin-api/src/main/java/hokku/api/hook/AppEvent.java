package hokku.api.hook;

import hokku.api.AppId;
import hokku.api.AppName;

/// Something that happened to an app, told after the fact. May come again after a crash.
public sealed interface AppEvent {
    AppName app();

    AppId id();

    record Created(AppName app, AppId id) implements AppEvent {}

    /// @param former the name it had
    record Renamed(AppName app, AppId id, AppName former) implements AppEvent {}

    /// @param original the app that it was copied from
    record Cloned(AppName app, AppId id, AppName original) implements AppEvent {}

    record Destroyed(AppName app, AppId id) implements AppEvent {}

    /// Anything else: variables, domains, settings, a release.
    record Changed(AppName app, AppId id) implements AppEvent {}
}
