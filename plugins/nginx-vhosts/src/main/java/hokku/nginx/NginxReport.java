package hokku.nginx;

import hokku.api.App;
import hokku.api.spi.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// What `nginx:report` shows besides the settings.
final class NginxReport implements Report {
    private final Folder folder;
    private final Configuration configuration;
    private final Master master;

    NginxReport(Folder folder, Configuration configuration, Master master) {
        this.folder = folder;
        this.configuration = configuration;
        this.master = master;
    }

    @Override
    public String group() {
        return "nginx";
    }

    @Override
    public SequencedMap<String, String> fields(App app) throws IOException {
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        Path log = folder.accessLog(app.name());
        fields.put("running", String.valueOf(master.isRunning()));
        fields.put("routed", String.valueOf(configuration.of(app.name()).isPresent()));
        fields.put("access-log-path", log.toString());
        fields.put("error-log-path", folder.errorLog(app.name()).toString());
        boolean visited = Files.exists(log) && Files.size(log) > 0;
        fields.put("last-visited-at", visited ? String.valueOf(Files.getLastModifiedTime(log).toInstant().getEpochSecond()) : "");
        return fields;
    }
}
