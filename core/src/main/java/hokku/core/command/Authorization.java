package hokku.core.command;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.UserError;
import hokku.api.spi.Authorizer;
import hokku.core.plugin.Registry;
import java.util.Optional;

/// Decides whether somebody may do something: the only place that does.
final class Authorization {
    private Authorization() {}

    /// @throws UserError with exit code 77 when it is not allowed
    /// @throws PluginFailure when an authorizer fails otherwise; that counts as a refusal
    static void check(Registry registry, Identity identity, String command, Access needed, Optional<AppName> app) throws PluginFailure {
        if (!identity.access().allows(needed)) {
            throw new UserError(UserError.NO_PERMISSION, "Access denied: %s needs access \"%s\", the key \"%s\" has \"%s\""
                    .formatted(command, needed, identity.name(), identity.access()));
        }
        for (Registry.Contribution<Authorizer> authorizer : registry.authorizers()) {
            try {
                authorizer.value().authorize(identity, command, needed, app);
            } catch (UserError refused) {
                throw refused;
            } catch (Exception | LinkageError defect) {
                throw new PluginFailure(authorizer.plugin(), defect);
            }
        }
    }
}
