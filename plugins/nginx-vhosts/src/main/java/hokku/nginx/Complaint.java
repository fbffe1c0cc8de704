package hokku.nginx;

import java.util.stream.Collectors;

/// What nginx says when it does not like something, made fit for a user's eyes.
final class Complaint {
    private Complaint() {}

    /// Leaves out what only repeats, and where the plugin's folder lies.
    static String shortened(String said, Folder folder) {
        return said.lines()
                .filter(line -> !line.contains("[warn]") && !line.contains("[notice]") && !line.contains("[alert]"))
                .map(line -> line.replaceFirst("^nginx: ", "").replaceFirst("^\\d{4}/\\S+ \\S+ ", "").replaceFirst("\\d+#\\d+: ", "")
                        .replaceFirst("^\\[emerg] ", "").replace(folder.root() + "/", ""))
                .filter(line -> !line.matches("configuration file \\S+ test failed") && !line.equals("still could not bind()"))
                .distinct()
                .limit(5)
                .collect(Collectors.joining("; "));
    }
}
