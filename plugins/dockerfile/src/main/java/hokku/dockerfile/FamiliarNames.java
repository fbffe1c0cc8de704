package hokku.dockerfile;

import hokku.api.Output;
import java.util.Map;

/// Shows the images of a build by the names that its Dockerfile has for them.
record FamiliarNames(Output out, Map<String, String> originals) implements Output {
    @Override
    public void step(String text) {
        out.step(familiar(text));
    }

    @Override
    public void milestone(String text) {
        out.milestone(familiar(text));
    }

    @Override
    public void detail(String text) {
        out.detail(familiar(text));
    }

    @Override
    public void warn(String text) {
        out.warn(familiar(text));
    }

    @Override
    public void line(String text) {
        out.line(familiar(text));
    }

    private String familiar(String text) {
        String shown = text;
        for (Map.Entry<String, String> original : originals.entrySet()) {
            shown = shown.replace("docker.io/" + original.getKey(), original.getValue()).replace(original.getKey(), original.getValue());
        }
        return shown;
    }
}
