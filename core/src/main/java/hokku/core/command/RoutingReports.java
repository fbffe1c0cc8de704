package hokku.core.command;

import hokku.api.App;
import hokku.api.Apps;
import hokku.api.Global;
import hokku.api.spi.Report;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The fields of `domains:report`, `ports:report` and `proxy:report`.
final class RoutingReports {
    private RoutingReports() {}

    static final class Domains implements Report {
        private final Apps apps;

        Domains(Apps apps) {
            this.apps = apps;
        }

        @Override
        public String group() {
            return "domains";
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            SequencedMap<String, String> fields = new LinkedHashMap<>();
            fields.put("app-enabled", String.valueOf(app.domainsEnabled()));
            fields.put("app-vhosts", DomainCommands.joined(apps.domains(app)));
            fields.putAll(globalFields(app.global()));
            return fields;
        }

        @Override
        public SequencedMap<String, String> globalFields(Global global) {
            SequencedMap<String, String> fields = new LinkedHashMap<>();
            fields.put("global-enabled", String.valueOf(!global.domains().isEmpty()));
            fields.put("global-vhosts", DomainCommands.joined(global.domains()));
            return fields;
        }
    }

    static final class Ports implements Report {
        @Override
        public String group() {
            return "ports";
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            SequencedMap<String, String> fields = new LinkedHashMap<>();
            fields.put("map", PortCommands.joined(app.ports()));
            fields.put("map-detected", PortCommands.joined(PortCommands.detected(app)));
            return fields;
        }
    }

    static final class Proxy implements Report {
        @Override
        public String group() {
            return "proxy";
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            SequencedMap<String, String> fields = new LinkedHashMap<>();
            fields.put("enabled", String.valueOf(app.proxied()));
            return fields;
        }
    }
}
