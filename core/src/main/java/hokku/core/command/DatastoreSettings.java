package hokku.core.command;

import hokku.api.Setting;
import hokku.api.Setting.Scope;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.util.function.Function;

/// What can be set of every datastore as a whole, by `<datastore>:set-property --global`.
final class DatastoreSettings {
    private DatastoreSettings() {}

    /// The version of the image where a command names none.
    static Setting<String> version(Datastore datastore) {
        return Setting.of(datastore.name(), "version", DatastoreSettings::tag, Function.identity()).initially(datastore.version()).scope(Scope.GLOBAL)
                .help("version of the image that create and upgrade take without --image-version");
    }

    private static String tag(String text) {
        if (!text.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")) {
            throw new UserError("Invalid value for version. Use the tag of an image, for instance 17 or 17-alpine");
        }
        return text;
    }
}
