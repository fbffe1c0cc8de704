package hokku.swarm.registry;

import com.github.dockerjava.api.exception.DockerException;
import hokku.api.UserError;

/// Says why a login was not kept. What the registry answered is not repeated where the password is wrong: it may quote it.
final class LoginFailure {
    private static final int UNAUTHORIZED = 401;

    private LoginFailure() {}

    static UserError of(Login login, DockerException refused) {
        String reason = PushFailure.reason(refused);
        if (refused.getHttpStatus() == UNAUTHORIZED || reason.contains("unauthorized") || reason.contains("incorrect username or password") || reason.contains("401")) {
            return new UserError(UserError.FAILED, "The registry " + login.server() + " refuses the login of " + login.username()
                    + ". Look at the name and the password, which may have to be a token", refused);
        }
        return PushFailure.of(login.server(), false, "The login of " + login.username() + " at " + login.server() + " could not be checked",
                reason.replace(login.password(), "***"));
    }
}
