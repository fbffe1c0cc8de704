package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.Env;
import hokku.api.UserError;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeSourceTree;
import hokku.testkit.PlainJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who names the buildpacks: each one is stronger than all that follow.
class BuildpackChoiceTest {
    private static final FakeSourceTree ALL = FakeSourceTree.EMPTY.with(".env", "A=1\nexport BUILDPACK_URL='https://host/dotenv'\n")
            .with(".buildpacks", "# first\n\n  https://host/one#v1  \nhttps://host/two\n")
            .with("app.json", "{\"buildpacks\": [{\"url\": \"https://host/json\"}, \"procfile\"]}")
            .with("Procfile", "web: true");

    private final App app = new FakeApps().add("hello");

    private static Optional<BuildpackChoice> choice(App app, Env env, FakeSourceTree tree) throws IOException {
        return BuildpackChoice.of(app, env, tree, new PlainJson());
    }

    private static List<String> names(BuildpackChoice choice) {
        return choice.buildpacks().stream().map(Buildpack::text).toList();
    }

    private void chosen(App by, Env env, FakeSourceTree tree, String whom, String... names) throws IOException {
        BuildpackChoice choice = choice(by, env, tree).orElseThrow();
        assertThat(choice.by()).contains(whom);
        assertThat(names(choice)).containsExactly(names);
        assertThat(choice.others()).isEmpty();
    }

    private static FakeSourceTree without(FakeSourceTree tree, String... paths) throws IOException {
        FakeSourceTree rest = FakeSourceTree.EMPTY;
        for (var entry : tree.entries()) {
            if (!List.of(paths).contains(entry.path())) {
                rest = rest.with(entry.path(), tree.read(entry.path()).orElseThrow(), false);
            }
        }
        return rest;
    }

    @Test
    void theStrongestNames() throws IOException {
        App set = app.withSetting(BuildstepSettings.LIST, "https://host/set procfile");
        chosen(set, Env.of(Map.of("BUILDPACK_URL", " https://host/variable ")), ALL, "the variable BUILDPACK_URL", "https://host/variable");
        chosen(set, Env.of(Map.of("BUILDPACK_URL", "")), ALL, "BUILDPACK_URL in the file .env", "https://host/dotenv");
        FakeSourceTree rest = without(ALL, ".env");
        chosen(set, Env.EMPTY, rest, "buildpacks:set", "https://host/set", "procfile");
        chosen(app, Env.EMPTY, rest, "the file .buildpacks", "https://host/one#v1", "https://host/two");
        rest = without(rest, ".buildpacks");
        chosen(app, Env.EMPTY, rest, "app.json", "https://host/json", "procfile");
        rest = without(rest, "app.json");
        BuildpackChoice detected = choice(app, Env.EMPTY, rest).orElseThrow();
        assertThat(detected.by()).isEmpty();
        assertThat(names(detected)).containsExactly("procfile");
        assertThat(choice(app, Env.EMPTY, FakeSourceTree.EMPTY.with("README", ""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"buildpacks\": []}", "{\"buildpacks\": {}}", "{\"buildpacks\": [{\"name\": \"x\"}]}", "{\"description\": \"no buildpacks\"}"})
    void anAppJsonThatNamesNoneIsNoWord(String text) throws IOException {
        assertThat(choice(app, Env.EMPTY, FakeSourceTree.EMPTY.with("app.json", text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"# BUILDPACK_URL=https://host/x", "BUILDPACK_URL=", "BUILDPACK_URL=\"\"", "BUILDPACK_URL=''", "MY_BUILDPACK_URL=https://host/x", ""})
    void aDotenvThatNamesNoneIsNoWord(String text) throws IOException {
        assertThat(choice(app, Env.EMPTY, FakeSourceTree.EMPTY.with(".env", text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"BUILDPACK_URL=https://host/x", "A=1\r\nBUILDPACK_URL=https://host/x\r\nB=2", "  export  BUILDPACK_URL=\"https://host/x\"  "})
    void aDotenvIsReadAsItIsWritten(String text) throws IOException {
        chosen(app, Env.EMPTY, FakeSourceTree.EMPTY.with(".env", text), "BUILDPACK_URL in the file .env", "https://host/x");
    }

    @Test
    void anEmptyListInTheSourceIsAnError() {
        assertThatThrownBy(() -> choice(app, Env.EMPTY, FakeSourceTree.EMPTY.with(".buildpacks", "# none\n"))).isInstanceOf(UserError.class)
                .hasMessageContaining("names no buildpack");
    }

    @Test
    void aWrongNameIsAnErrorWhereverItComesFrom() {
        String bad = "https://host/pack#--upload-pack=x";
        List<FakeSourceTree> trees = List.of(FakeSourceTree.EMPTY.with(".env", "BUILDPACK_URL=" + bad), FakeSourceTree.EMPTY.with(".buildpacks", bad),
                FakeSourceTree.EMPTY.with("app.json", "{\"buildpacks\": [{\"url\": \"" + bad + "\"}]}"));
        for (FakeSourceTree tree : trees) {
            assertThatThrownBy(() -> choice(app, Env.EMPTY, tree)).hasMessageStartingWith("Invalid buildpack specified");
        }
        assertThatThrownBy(() -> choice(app, Env.of(Map.of("BUILDPACK_URL", bad)), FakeSourceTree.EMPTY)).hasMessageStartingWith("Invalid buildpack specified");
        assertThatThrownBy(() -> choice(app.withSetting(BuildstepSettings.LIST, "gone"), Env.EMPTY, FakeSourceTree.EMPTY))
                .hasMessageStartingWith("Invalid buildpack specified: \"gone\"");
    }

    @Test
    void severalThatTakeASourceAreKnown() throws IOException {
        BuildpackChoice choice = choice(app, Env.EMPTY, FakeSourceTree.EMPTY.with("go.mod", "").with("pom.xml", "").with("Procfile", "web: x")).orElseThrow();
        assertThat(names(choice)).containsExactly("java");
        assertThat(choice.others().stream().map(Bundled::name)).containsExactly("go", "procfile");
        assertThat(choice.bundled()).extracting(Bundled::name).containsExactly("java");
    }

    @Test
    void theBundledAmongThemAreKnown() throws IOException {
        App set = app.withSetting(BuildstepSettings.LIST, "go https://host/x java go");
        assertThat(choice(set, Env.EMPTY, FakeSourceTree.EMPTY).orElseThrow().bundled()).extracting(Bundled::name).containsExactly("go", "java");
    }
}
