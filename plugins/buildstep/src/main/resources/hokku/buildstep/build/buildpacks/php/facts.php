<?php
// What bin/compile must know of composer.json and composer.lock, as assignments of the shell.

function read(string $file): array
{
    if (!is_file($file)) {
        return [];
    }
    $json = json_decode(file_get_contents($file), true);
    if (!is_array($json)) {
        fwrite(STDERR, " !     $file is no valid JSON: " . json_last_error_msg() . "\n");
        exit(1);
    }
    return $json;
}

$json = read('composer.json');
$packages = array_filter(array_keys($json['require'] ?? []), fn ($name) => str_contains($name, '/'));
$paths = [];
foreach (read('composer.lock')['packages'] ?? [] as $package) {
    if (($package['dist']['type'] ?? '') === 'path') {
        $paths[] = escapeshellarg($package['name']);
    }
}
echo 'vendor=', escapeshellarg($json['config']['vendor-dir'] ?? 'vendor'), "\n";
echo 'required=', count($packages), "\n";
echo 'paths=(', implode(' ', $paths), ")\n";
