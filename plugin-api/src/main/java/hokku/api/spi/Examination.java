package hokku.api.spi;

import hokku.api.Finding;
import java.util.List;

/// Looks whether something that a plugin depends on is as it should be: what `dokku doctor` does.
///
/// It looks and changes nothing, and is done within a second or two: what has not answered after five is interrupted, and reported under
/// the plugin's name.
public interface Examination {
    /// What is looked at, in lowercase letters, digits and hyphens: `nginx`. One plugin has no two of the same name.
    String name();

    /// Looks. Called whenever somebody asks, beside all other examinations, on a thread of its own that lasts no longer; possibly for two
    /// who ask at the same time.
    ///
    /// @return what was found, the most important first; a [Finding#well] too, so that it is seen what was looked at
    /// @throws hokku.api.UserError for what is wrong and can be mended: its message is shown as a finding
    /// @throws Exception whatever else: shown as a defect of the plugin, with the stack in the server's log
    List<Finding> examine() throws Exception;
}
