package hokku.core.plugin;

import java.util.List;

/// What every plugin sees of the world outside its own jar: the JDK and the API, and nothing of the core or its libraries.
///
/// The parent of each plugin's loader, so that types of the API are the same for all. Resources come from the JDK alone.
final class ApiOnlyClassLoader extends ClassLoader {
    /// The packages of the server that plugins share with it. A jar that brings its own copy of one is refused.
    static final List<String> SHARED = List.of("hokku.api", "org.slf4j", "picocli", "com.github.dockerjava.api");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader server;

    ApiOnlyClassLoader(ClassLoader server) {
        super("hokku-api", ClassLoader.getPlatformClassLoader());
        this.server = server;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (SHARED.stream().anyMatch(shared -> name.startsWith(shared + "."))) {
            return server.loadClass(name);
        }
        throw new ClassNotFoundException(name);
    }
}
