package hokku.swarm;

import hokku.api.UserError;
import java.util.regex.Pattern;

/// How a user names a machine of the swarm: by its name, its id, or the beginning of its id.
record NodeName(String value) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    NodeName {
        if (!ALLOWED.matcher(value).matches()) {
            throw UserError.usage("Not a node of a swarm: " + value + ". Use a name or an id that swarm:nodes shows");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
