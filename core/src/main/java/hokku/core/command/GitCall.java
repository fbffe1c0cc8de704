package hokku.core.command;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.UserError;
import java.util.List;
import java.util.Optional;

/// What a git client asks for: `git-receive-pack 'hello'`.
record GitCall(String command, Access access, String path) {
    static final String RECEIVE = "git-receive-pack";
    static final String UPLOAD = "git-upload-pack";
    private static final String ARCHIVE = "git-upload-archive";

    /// The call in a line's words, if it is one.
    ///
    /// @throws UserError when it is one that is not offered
    static Optional<GitCall> of(List<String> words) {
        if (words.isEmpty()) {
            return Optional.empty();
        }
        boolean apart = words.getFirst().equals("git") && words.size() > 1;
        String command = apart ? "git-" + words.get(1) : words.getFirst();
        List<String> rest = words.subList(apart ? 2 : 1, words.size());
        return switch (command) {
            case RECEIVE -> Optional.of(new GitCall(command, Access.DEPLOY, path(rest)));
            case UPLOAD -> Optional.of(new GitCall(command, Access.READ, path(rest)));
            case ARCHIVE -> throw new UserError("git archive --remote is not offered. Clone the repository instead, and run git archive there");
            default -> Optional.empty();
        };
    }

    private static String path(List<String> words) {
        if (words.size() != 1) {
            throw UserError.usage("Expected the name of one app after the git command");
        }
        return words.getFirst();
    }

    /// The app that the path names: `hello`, `/hello.git`, `~/hello/`. Whatever is no name of an app after that is refused.
    AppName app() {
        String name = path;
        while (name.startsWith("/")) {
            name = name.substring(1);
        }
        if (name.startsWith("~/")) {
            name = name.substring(2);
        }
        if (name.endsWith("/")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.endsWith(".git")) {
            name = name.substring(0, name.length() - 4);
        }
        return AppName.of(name);
    }
}
