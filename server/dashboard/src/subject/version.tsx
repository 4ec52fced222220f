/* One version: its fields as a tree, or its text. */
import type { ComponentChildren } from "preact";
import { type Outline, segment, type Version } from "../api";
import { CodeReader } from "../code/code";
import { useGet } from "../data";
import { Choice, Commands, Copy, Failure, Loading, reading, Tag, VersionLink } from "../parts";
import { setQuery } from "../router";
import { layOut, shell } from "../text";
import { OutlineTree } from "./outline";

function Contract({ version }: { version: Version }) {
	const properties = Object.entries(version.metadata?.properties ?? {});
	const tags = Object.entries(version.metadata?.tags ?? {});
	const references = version.references ?? [];
	if (properties.length + tags.length + references.length === 0 && !version.ruleSet) return null;
	return (
		<aside class="contract" aria-label="About this version">
			{references.length > 0 && (
				<section>
					<h2>Refers to</h2>
					<ul>
						{references.map((reference) => (
							<li key={reference.name}>
								<VersionLink subject={reference.subject} version={reference.version} />{" "}
								<span class="dim">as {reference.name}</span>
							</li>
						))}
					</ul>
				</section>
			)}
			{properties.length > 0 && (
				<section>
					<h2>Properties</h2>
					<dl>
						{properties.map(([name, value]) => (
							<div key={name}>
								<dt>{name}</dt>
								<dd>{value}</dd>
							</div>
						))}
					</dl>
				</section>
			)}
			{tags.length > 0 && (
				<section>
					<h2>Tags by path</h2>
					<dl>
						{tags.map(([path, list]) => (
							<div key={path}>
								<dt>{path}</dt>
								<dd>
									{list.map((tag) => (
										<Tag key={tag}>{tag}</Tag>
									))}
								</dd>
							</div>
						))}
					</dl>
				</section>
			)}
			{version.ruleSet !== undefined && (
				<section>
					<h2>Rules for clients</h2>
					<pre>{layOut(JSON.stringify(version.ruleSet), "JSON")}</pre>
				</section>
			)}
		</aside>
	);
}

function Fields({ path, find }: { path: string; find: string }) {
	const { data, error } = useGet<Outline>(`/api/v1${path}/outline`, { again: false });
	if (error) return <Failure error={error} what="the fields" />;
	if (!data) return <Loading what="the fields" />;
	return <OutlineTree root={data.root} find={find} />;
}

export function VersionTab(props: {
	subject: string;
	version: number;
	query: URLSearchParams;
	picker: ComponentChildren;
}) {
	const { subject, version, query } = props;
	const path = `/subjects/${segment(subject)}/versions/${version}`;
	const { data, error } = useGet<Version>(`${path}?deleted=true`, { again: false });
	const view = query.get("view") === "text" ? "text" : "fields";
	const type = data?.schemaType ?? "AVRO";
	const text = data ? layOut(data.schema, type) : "";
	return (
		<section class="version-tab">
			<div class="bar">
				{props.picker}
				<Choice
					label="Shown as"
					value={view}
					options={[
						["fields", "Fields"],
						["text", "Text"],
					]}
					onChange={(next) => setQuery({ view: next === "text" ? "text" : null })}
				/>
				{data && (
					<p class="dim">
						id {data.id}
						{data.guid && (
							<>
								{" · "}
								<span class="guid">{data.guid}</span>
							</>
						)}
					</p>
				)}
				{data && view === "text" && <Copy text={text} label="Copy the text" />}
			</div>
			{error && <Failure error={error} what={`version ${version}`} />}
			{data && (
				<div class="version-body">
					<div class="version-main">
						{view === "fields" ? (
							<Fields path={path} find={query.get("find") ?? ""} />
						) : (
							<CodeReader label={`Schema of ${subject}, version ${version}`} type={type} text={text} />
						)}
					</div>
					<Contract version={data} />
				</div>
			)}
			{!data && !error && <Loading what={`version ${version}`} />}
			<Commands
				list={[
					{
						title: "This version",
						curl: `curl -s ${shell(location.origin + path)}`,
						tenon: `tenon get ${shell(`${subject}@${version}`)} --registry ${location.origin}`,
					},
					reading("Its fields", `/api/v1${path}/outline`),
				]}
			/>
		</section>
	);
}
