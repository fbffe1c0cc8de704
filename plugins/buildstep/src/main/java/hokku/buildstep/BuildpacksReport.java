package hokku.buildstep;

import hokku.api.App;
import hokku.api.Global;
import hokku.api.spi.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// The fields of `buildpacks:report`. What is only in the source is not among them: [BuildpacksDetect] looks there.
final class BuildpacksReport implements Report {
    @Override
    public String group() {
        return "buildpacks";
    }

    @Override
    public SequencedMap<String, String> fields(App app) {
        List<String> list = BuildpacksCommand.list(app);
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        fields.put("computed-list", app.runtimeEnv().get(BuildstepSettings.BUILDPACK_URL).filter(value -> !value.isBlank())
                .map(value -> shown(List.of(value.strip()))).orElse(shown(list)));
        fields.put("computed-stack", Stacks.base(app));
        fields.put("global-stack", globalStack(app.global()));
        fields.put("list", shown(list));
        fields.put("stack", app.own(BuildstepSettings.STACK).orElse(""));
        return fields;
    }

    @Override
    public SequencedMap<String, String> globalFields(Global global) {
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        fields.put("computed-stack", global.value(BuildstepSettings.STACK).orElseThrow());
        fields.put("global-stack", globalStack(global));
        return fields;
    }

    private static String globalStack(Global global) {
        return global.settings().getOrDefault(BuildstepSettings.STACK.name(), "");
    }

    private static String shown(List<String> buildpacks) {
        return buildpacks.stream().map(Buildpack::masked).collect(Collectors.joining(","));
    }
}
