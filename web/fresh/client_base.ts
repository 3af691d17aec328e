// What every client module imports, so that the bundler puts it into one file: that compresses better than several.
import "@preact/signals";
import "preact/jsx-runtime";
