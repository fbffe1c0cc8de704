package hokku.buildstep;

import hokku.api.App;
import hokku.api.spi.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// What `buildpacks:report` says of the lists; the stack is a setting like others. What is only in the source is not among them: [BuildpacksDetect] looks there.
final class BuildpacksReport implements Report {
    @Override
    public String group() {
        return "buildpacks";
    }

    /// As in Dokku.
    @Override
    public boolean sorted() {
        return true;
    }

    @Override
    public SequencedMap<String, String> fields(App app) {
        List<String> list = BuildpacksCommand.list(app);
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        fields.put("computed-list", app.runtimeEnv().get(BuildstepSettings.BUILDPACK_URL).filter(value -> !value.isBlank())
                .map(value -> shown(List.of(value.strip()))).orElse(shown(list)));
        fields.put("list", shown(list));
        return fields;
    }

    private static String shown(List<String> buildpacks) {
        return buildpacks.stream().map(Buildpack::masked).collect(Collectors.joining(","));
    }
}
