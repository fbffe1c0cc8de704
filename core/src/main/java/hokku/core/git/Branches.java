package hokku.core.git;

import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;

/// Which branch is deployed: the one that was chosen, else `master` or `main`, whichever comes first.
final class Branches {
    private static final List<String> CANDIDATES = List.of("master", "main");

    private Branches() {}

    static boolean isDeployed(String ref, Optional<String> chosen) {
        return chosen.map(branch -> ref.equals(ref(branch)))
                .orElseGet(() -> CANDIDATES.stream().map(Branches::ref).anyMatch(ref::equals));
    }

    /// The branch to name to somebody who pushed another one.
    static String shown(Optional<String> chosen) {
        return chosen.orElse(CANDIDATES.getFirst());
    }

    static String ref(String branch) {
        return Constants.R_HEADS + branch;
    }

    /// What people call a reference.
    static String name(String ref) {
        return ref.startsWith(Constants.R_HEADS) ? ref.substring(Constants.R_HEADS.length()) : ref;
    }
}
