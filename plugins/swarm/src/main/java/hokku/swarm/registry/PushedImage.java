package hokku.swarm.registry;

import hokku.api.AppId;

/// An image that was pushed, or was about to be.
///
/// @param app the id of the app that it is of: names change
/// @param image its id on the server's engine
/// @param own whether the registry is the one that Hokku runs, at whichever address it was then
/// @param digest what the registry knows it by; empty until it is known to be there
record PushedImage(AppId app, Repository repository, boolean own, int release, String image, String digest) {
    boolean isThere() {
        return !digest.isEmpty();
    }

    PushedImage withDigest(String known) {
        return new PushedImage(app, repository, own, release, image, known);
    }

    /// Its name on the engine.
    String name() {
        return repository.tagged(tag());
    }

    String tag() {
        return String.valueOf(release);
    }

    /// Whether both are the same release of an app in the same place.
    boolean takesPlaceOf(PushedImage other) {
        return app.equals(other.app) && release == other.release && repository.equals(other.repository);
    }
}
