import type { Found, LanguageRules, Project } from '../contract.js';
import { below, folderOf, foldersUp, joinPath } from '../paths.js';
import { external, filesBelow, found, inFiles } from '../targets.js';

const frameworks = new Set(
  (
    'Swift Foundation FoundationNetworking FoundationXML FoundationEssentials UIKit AppKit SwiftUI Combine Darwin Glibc ' +
    'Musl Dispatch XCTest Testing CoreFoundation CoreGraphics CoreData CoreLocation CoreImage CoreText CoreMedia ' +
    'CoreAudio CoreML CoreBluetooth CoreMotion CloudKit AVFoundation AVKit Accelerate Security StoreKit WebKit MapKit ' +
    'Metal MetalKit SceneKit SpriteKit ARKit RealityKit WidgetKit WatchKit UserNotifications Observation os ObjectiveC ' +
    'QuartzCore Network OSLog Synchronization WinSDK CRT ucrt Android Bionic WASILibc PackageDescription SwiftData Charts ' +
    'Photos PhotosUI Contacts EventKit HealthKit GameKit PassKit LocalAuthentication CryptoKit SafariServices MessageUI ' +
    'CommonCrypto SystemConfiguration IOKit Cocoa ImageIO MobileCoreServices UniformTypeIdentifiers _Concurrency RegexBuilder'
  ).split(' '),
);

interface SwiftTarget {
  readonly folder: string;
  /** Package.swift names the target. */
  readonly stated: boolean;
}

/** Swift: a module is a target, all sources below its folder. */
export const swiftRules: LanguageRules = {
  resolve({ specifier }, from, project) {
    const [module = '', ...symbols] = specifier.split('.');
    const files = moduleFiles(module, folderOf(from.path), project, symbols);
    if (files) return inFiles(files);
    const sure = frameworks.has(module) || project.fact(swiftProducts).has(module);
    return external(module, sure ? 'exact' : 'name');
  },

  provided({ specifier }, _from, other) {
    const [module = '', ...symbols] = specifier.split('.');
    const files = frameworks.has(module) ? null : moduleFiles(module, '', other, symbols);
    return files && files.certainty !== 'name' ? { ...files, certainty: 'convention' } : null;
  },
};

function moduleFiles(
  module: string,
  folder: string,
  project: Project,
  symbols: readonly string[],
): Found | null {
  const targets = project.fact(swiftTargets).get(module) ?? [];
  const stated = targets.filter((target) => target.stated);
  const [target, more] = stated.length > 0 ? stated : targets;
  if (target && !more) return sources(project, target, module, symbols);
  if (target) {
    const near = [...foldersUp(folder)].flatMap((around) =>
      targets.filter((candidate) => folderOf(folderOf(candidate.folder)) === around),
    )[0];
    return sources(project, near ?? target, module, symbols, 'name');
  }
  return null;
}

function sources(
  project: Project,
  { folder, stated }: SwiftTarget,
  module: string,
  symbols: readonly string[],
  certainty: Found['certainty'] = stated ? 'exact' : 'convention',
): Found {
  const known = project.fact(filesByTarget);
  const paths = known.get(folder) ?? filesBelow(project, folder, ['.swift', '.h', '.m', '.c', '.cpp']);
  known.set(folder, paths);
  const name = symbols.at(-1) ?? module;
  return found(paths, certainty, symbols.length > 0 ? [{ name, paths, symbols }] : undefined);
}

/** Filled as targets are asked for. */
function filesByTarget(): Map<string, readonly string[]> {
  return new Map();
}

function swiftTargets(project: Project): Map<string, SwiftTarget[]> {
  const targets = new Map<string, SwiftTarget[]>();
  const add = (name: string, target: SwiftTarget) => {
    const before = targets.get(name) ?? [];
    if (!before.some(({ folder }) => folder === target.folder)) targets.set(name, [...before, target]);
  };
  for (const manifest of project.filesNamed('Package.swift')) {
    const home = folderOf(manifest);
    for (const { name, path } of project.parsed(manifest, targetsOf) ?? []) {
      const usual = usualFolders.map((folder) => below(home, `${folder}/${name}`));
      const stated = path === undefined ? undefined : joinPath(home, path);
      const folder = [stated, ...usual].find((at) => at != null && project.isFolder(at));
      if (folder != null) add(name, { folder, stated: true });
    }
    for (const parent of usualFolders) {
      for (const folder of project.foldersIn(below(home, parent))) {
        add(folder.slice(folder.lastIndexOf('/') + 1), { folder, stated: false });
      }
    }
  }
  return targets;
}

const usualFolders = ['Sources', 'Source', 'src', 'srcs', 'Tests', 'Plugins'];

/** Names of the products that targets of the repository depend on. */
function swiftProducts(project: Project): Set<string> {
  return new Set(
    project.filesNamed('Package.swift').flatMap((path) => project.parsed(path, productsOf) ?? []),
  );
}

function productsOf(text: string): string[] {
  return [...text.matchAll(/\.product\(\s*name:\s*"([^"]+)"/g)].map(([, name = '']) => name);
}

/** The targets that a Package.swift spells out. */
function targetsOf(text: string): { name: string; path: string | undefined }[] {
  const code = text.replace(/\/\/[^\n]*/g, '');
  const starts = [
    ...code.matchAll(
      /\.(?:target|executableTarget|testTarget|macro|plugin|systemLibrary)\s*\(\s*name:\s*"([^"]+)"/g,
    ),
  ];
  return starts.map((match, at) => {
    const end = starts[at + 1]?.index ?? code.length;
    const path = /\bpath:\s*"([^"]+)"/.exec(code.slice(match.index, end))?.[1];
    return { name: match[1] ?? '', path };
  });
}
