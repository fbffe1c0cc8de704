package hokku.api.spi;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Identity;
import java.util.Optional;

/// Decides who may do what. Asked in one place, for every command and every push; all authorizers must agree.
public interface Authorizer {
    /// @param command the command's name; a push is `git-receive-pack`, a clone or fetch `git-upload-pack`
    /// @throws hokku.api.UserError with exit code 77 to refuse, saying what is missing
    void authorize(Identity identity, String command, Access needed, Optional<AppName> app);
}
