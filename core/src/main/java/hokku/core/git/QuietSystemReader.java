package hokku.core.git;

import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/// Keeps JGit to the repositories: it reads and writes no configuration of this machine or user, and measures no file system.
///
/// The first access of a repository would otherwise take seconds and leave files in the user's home.
final class QuietSystemReader extends SystemReader.Delegate {
    private QuietSystemReader(SystemReader machine) {
        super(machine);
    }

    /// Takes effect for the whole process; repeating it changes nothing.
    static synchronized void install() {
        if (!(SystemReader.getInstance() instanceof QuietSystemReader)) {
            SystemReader.setInstance(new QuietSystemReader(SystemReader.getInstance()));
        }
    }

    /// Variables such as `GIT_DIR` or `GIT_TRACE` of whoever started the server concern no repository of ours.
    @Override
    public String getenv(String variable) {
        return variable.startsWith("GIT_") ? "" : super.getenv(variable);
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fs) {
        return new Memory(parent, fs);
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fs) {
        return new Memory(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
        return new Memory(parent, fs);
    }

    /// The defaults of every repository, instead of a file.
    private static final class Memory extends FileBasedConfig {
        /// Modification times on the file systems of Linux are at worst as coarse as the kernel's tick.
        private static final String TIMESTAMP_RESOLUTION = "10 milliseconds";

        Memory(Config parent, FS fs) {
            super(parent, null, fs);
            setBoolean("core", null, "fsyncObjectFiles", true);
            setBoolean("core", null, "fsyncRefFiles", true);
            setBoolean("receive", null, "autogc", false);
            setInt("gc", null, "auto", 0);
        }

        @Override
        public String getString(String section, String subsection, String name) {
            if (section.equals("filesystem")) {
                return name.equals("timestampResolution") || name.equals("minRacyThreshold") ? TIMESTAMP_RESOLUTION : null;
            }
            return super.getString(section, subsection, name);
        }

        @Override
        public void load() {
            // there is no file
        }

        @Override
        public void save() {
            // there is no file
        }

        @Override
        public boolean isOutdated() {
            return false;
        }
    }
}
