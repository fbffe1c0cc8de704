package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Global;
import hokku.api.ProcessType;
import hokku.api.Setting;
import hokku.api.UserError;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoreSettingsTest {
    private static final App APP = App.create(AppName.of("hello"), AppId.random(), Instant.EPOCH, Global.EMPTY);

    @Test
    void everySettingHasItsOwnNameAndAHelpText() {
        List<String> names = CoreSettings.ALL.stream().map(Setting::name).toList();
        assertThat(new HashSet<>(names)).hasSameSizeAs(names);
        assertThat(CoreSettings.ALL).allSatisfy(setting -> assertThat(setting.help()).isNotEmpty());
    }

    @Test
    void whatHoldsInitiallyIsReadBackAsItIsPrinted() {
        assertThat(CoreSettings.ALL).allSatisfy(CoreSettingsTest::survivesARoundTrip);
    }

    private static <T> void survivesARoundTrip(Setting<T> setting) {
        setting.initial().ifPresent(value -> assertThat(setting.parse(setting.print(value))).isEqualTo(value));
    }

    @Test
    void aListOfProcessesNamesOneOrAll() {
        App some = APP.withSetting(CoreSettings.CHECKS_DISABLED, "web,worker");
        assertThat(CoreSettings.names(some, CoreSettings.CHECKS_DISABLED, ProcessType.WEB)).isTrue();
        assertThat(CoreSettings.names(some, CoreSettings.CHECKS_DISABLED, ProcessType.of("clock"))).isFalse();
        assertThat(CoreSettings.names(APP, CoreSettings.CHECKS_DISABLED, ProcessType.WEB)).isFalse();
        App all = APP.withSetting(CoreSettings.CHECKS_DISABLED, "_all_");
        assertThat(CoreSettings.names(all, CoreSettings.CHECKS_DISABLED, ProcessType.of("clock"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "m", "0m", "-1m", "1.5g", "10mb", "10\nm"})
    void aLogSizeNeedsANumberAndAUnit(String text) {
        assertThatThrownBy(() -> CoreSettings.LOG_MAX_SIZE.parse(text)).isInstanceOf(UserError.class).hasMessageContaining("max-size");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../app.json", "/etc/passwd", "a/../b", "dir/", "a\nb"})
    void aPathStaysInsideTheSource(String text) {
        assertThatThrownBy(() -> CoreSettings.APP_JSON_PATH.parse(text)).isInstanceOf(UserError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "./web", "web/", "./web//", "././web/."})
    void theFolderThatIsBuiltMayBeWrittenInSeveralWays(String text) {
        assertThat(CoreSettings.BUILD_DIR.parse(text)).isEqualTo("web");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "./", ".//."})
    void aPointIsTheWholeRepository(String text) {
        assertThat(CoreSettings.BUILD_DIR.parse(text)).isEqualTo(CoreSettings.BUILD_DIR.initial().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../web", "/web", "/", "a/../b", "web/..", "a\nb"})
    void theFolderThatIsBuiltStaysInsideTheRepository(String text) {
        assertThatThrownBy(() -> CoreSettings.BUILD_DIR.parse(text)).isInstanceOf(UserError.class).hasMessageContaining("build-dir");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-rf", "a..b", "a b", "a~1", "x.lock", "x/", "refs\nheads"})
    void aBranchIsNamedAsGitAllows(String text) {
        assertThatThrownBy(() -> CoreSettings.DEPLOY_BRANCH.parse(text)).isInstanceOf(UserError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no", "always", "unless-stopped", "on-failure", "on-failure:10"})
    void theRestartPoliciesOfTheEngineAreAllowed(String text) {
        assertThat(CoreSettings.RESTART_POLICY.parse(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "on-failure:", "on-failure:x", "always:3", "UNLESS-STOPPED"})
    void otherRestartPoliciesAreRefused(String text) {
        assertThatThrownBy(() -> CoreSettings.RESTART_POLICY.parse(text)).hasMessageContaining("Invalid restart-policy specified");
    }
}
