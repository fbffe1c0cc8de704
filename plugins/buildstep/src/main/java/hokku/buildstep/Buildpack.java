package hokku.buildstep;

import hokku.api.UserError;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A buildpack as a user names it: one that is bundled, one at an address, a folder of the source, or one of the server's folder.
///
/// @param text as it was named; an address may hold a password
record Buildpack(Kind kind, String text) {
    /// Where a buildpack comes from; the builder in the container knows these words.
    enum Kind {
        BUNDLED, GIT, ARCHIVE,
        /// A folder of the source.
        APP,
        /// A folder of the server, or a git repository on it.
        SERVER;

        private String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final Pattern ADDRESS = Pattern.compile("(?:https?|git|ssh|git\\+ssh)://(?:[^-/\\s][^/\\s]*@)?(?:[A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]+)?/[^\\s]+"
            + "|[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^\\s]+");
    private static final Pattern ARCHIVE = Pattern.compile("https?://[^\\s#]+\\.(?:tgz|tar\\.gz)(?:\\?[^\\s#]*)?");
    private static final Pattern SHORTHAND = Pattern.compile("([a-z0-9-]+)/([a-z0-9-]+)");
    private static final Pattern REF = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_./+-]*");
    private static final String FILE = "file://";

    /// @throws UserError when it can be none
    static Buildpack parse(String text) {
        if (text.length() > 2000 || text.codePoints().anyMatch(point -> Character.isISOControl(point) || Character.isWhitespace(point))) {
            throw invalid(text);
        }
        int hash = text.indexOf('#');
        if (hash >= 0 && !REF.matcher(text.substring(hash + 1)).matches()) {
            throw invalid(text);
        }
        String place = hash < 0 ? text : text.substring(0, hash);
        if (Bundled.find(text).isPresent()) {
            return new Buildpack(Kind.BUNDLED, text);
        }
        if (ARCHIVE.matcher(text).matches() && ADDRESS.matcher(text).matches()) {
            return new Buildpack(Kind.ARCHIVE, text);
        }
        if (ADDRESS.matcher(place).matches()) {
            return new Buildpack(Kind.GIT, text);
        }
        if (place.startsWith(FILE) || place.startsWith("/")) {
            if (isInside(place.replaceFirst("^(?:file://)?/+", ""))) {
                return new Buildpack(Kind.SERVER, text);
            }
            throw invalid(text);
        }
        if (text.startsWith("./") && isInside(text.substring(2))) {
            return new Buildpack(Kind.APP, text);
        }
        if (SHORTHAND.matcher(place).matches()) {
            return new Buildpack(Kind.GIT, text);
        }
        throw invalid(text);
    }

    private static boolean isInside(String path) {
        return !path.isEmpty() && List.of(path.split("/", -1)).stream().noneMatch(word -> List.of("", ".", "..").contains(word.strip()));
    }

    private static UserError invalid(String text) {
        return new UserError("Invalid buildpack specified: " + "\"" + printable(text) + "\"" + ". Use one of " + String.join(", ", Bundled.names())
                + ", the address of a git repository (https://host/buildpack.git#branch) or of a .tgz, ./folder for one in the source,"
                + " or the path of one in the server's folder of buildpacks");
    }

    /// Nobody knows what is the password in what is no address, so everything before the last sign that may end one is left out.
    private static String printable(String text) {
        String shown = masked(text.replaceFirst("(?s)^([a-z+]*://)?.*@", "$1")).replaceAll("\\p{Cntrl}", "?");
        return shown.length() > 80 ? shown.substring(0, 80) + "…" : shown;
    }

    /// The word that the builder in the container understands.
    ///
    /// @param folder the server's folder of buildpacks
    String word(Optional<String> folder) {
        return kind.word() + ":" + switch (kind) {
            case BUNDLED, ARCHIVE -> text;
            case APP -> text.substring(2);
            case GIT -> address();
            case SERVER -> below(folder);
        };
    }

    /// `heroku/nodejs` is short for the buildpack of that name at GitHub.
    private String address() {
        Matcher shorthand = SHORTHAND.matcher(text.split("#", 2)[0]);
        return shorthand.matches() ? "https://github.com/" + shorthand.group(1) + "/heroku-buildpack-" + shorthand.group(2) + ".git"
                + (text.contains("#") ? text.substring(text.indexOf('#')) : "") : text;
    }

    private String below(Optional<String> folder) {
        String path = text.startsWith(FILE) ? text.substring(FILE.length()) : text;
        String wanted = folder.map(each -> each + "/").orElseThrow(() -> new UserError("The buildpack " + text
                + " is a folder of the server, and none there may be used. An administrator says which:"
                + " builder-buildstep:set --global buildpacks-folder <folder>"));
        if (!path.startsWith(wanted)) {
            throw new UserError("The buildpack " + text + " is not in the server's folder of buildpacks, " + folder.orElseThrow()
                    + ". Use one of those, or the address of a git repository");
        }
        return path.substring(wanted.length());
    }

    /// As it may be shown to anybody.
    String shown() {
        return masked(text);
    }

    /// Without what may be secret in an address: a name and password, a token in its query.
    static String masked(String text) {
        return text.replaceFirst("://[^/]*@", "://").replaceFirst("(://[^#?]*)\\?[^#]*", "$1?...");
    }

    @Override
    public String toString() {
        return shown();
    }
}
