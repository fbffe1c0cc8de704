package hokku.core.datastore.backup;

import hokku.api.UserError;
import java.net.URI;
import java.net.URISyntaxException;

/// How an S3-compatible store is reached.
///
/// @param endpoint its address, `https://s3.example.com`; empty for Amazon's own
/// @param virtualHosted whether the bucket is part of the host's name at an endpoint of its own, as some stores demand
public record S3Access(String key, String secret, String region, String endpoint, boolean virtualHosted) {
    /// Where a user names none, as Dokku has it.
    public static final String USUAL_REGION = "us-east-1";

    public S3Access {
        if (key.isBlank() || secret.isBlank() || has(key + secret, Character::isISOControl) || has(key + secret, Character::isWhitespace)) {
            throw new UserError("The access key id and the secret access key are words without blanks");
        }
        if (!region.matches("[A-Za-z0-9-]{1,64}")) {
            throw new UserError("Invalid region: use a word like " + USUAL_REGION);
        }
        if (!endpoint.isEmpty()) {
            checkEndpoint(endpoint);
        }
    }

    private static boolean has(String text, java.util.function.IntPredicate what) {
        return text.codePoints().anyMatch(what);
    }

    private static void checkEndpoint(String endpoint) {
        UserError wrong = new UserError("Invalid endpoint: use the address of the store, for instance https://s3.example.com");
        try {
            URI uri = new URI(endpoint);
            boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (!http || uri.getHost() == null || uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
                throw wrong;
            }
        } catch (URISyntaxException broken) {
            throw wrong;
        }
    }

    @Override
    public String toString() {
        return "S3Access[" + endpoint + " " + region + "]";
    }
}
