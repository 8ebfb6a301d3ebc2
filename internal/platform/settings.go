package platform

import (
	"context"

	"yitong/internal/bilingual"
	"yitong/internal/module"
)

// Origin is where the value of a setting came from.
type Origin string

// The origins.
const (
	ByFlag        Origin = "flag"
	ByEnvironment Origin = "environment"
	ByFile        Origin = "file"
	ByDefault     Origin = "default"
	ByCommand     Origin = "command" // the command that serves has set it, such as yitong demo
)

// Codes implements [form.Coded].
func (Origin) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(ByFlag), Words: bilingual.Text{Zh: "命令行", En: "Flag"}},
		{Code: string(ByEnvironment), Words: bilingual.Text{Zh: "环境变量", En: "Environment"}},
		{Code: string(ByFile), Words: bilingual.Text{Zh: "配置文件", En: "File of settings"}},
		{Code: string(ByDefault), Words: bilingual.Text{Zh: "默认", En: "Default"}},
		{Code: string(ByCommand), Words: bilingual.Text{Zh: "由命令设定", En: "Set by the command"}},
	}
}

// Setting is a setting in force.
type Setting struct {
	Name, Variable string // of the flag and of the environment
	Value, Default string // of what is secret "" for not set, else something
	Secret         bool
	From           Origin
	Help           bilingual.Text
}

type settingsTold struct {
	Settings []settingTold `name:"setting" zh:"设置" en:"Setting" most:"*"`
}

type settingTold struct {
	Name     string  `name:"name" zh:"名称" en:"Name"`
	Variable *string `name:"variable" zh:"环境变量" en:"Variable of the environment"`
	Value    *string `name:"value" zh:"当前值" en:"Value" bytes:"65536" doc:"Left out where it is empty, and where it is secret."`
	Default  *string `name:"default" zh:"默认值" en:"Default"`
	Secret   bool    `name:"secret" zh:"保密" en:"Secret" doc:"Its value is not told."`
	Set      bool    `name:"set" zh:"已设置" en:"Set" doc:"It has a value."`
	From     Origin  `name:"from" zh:"来源" en:"Where it came from"`
	Help     string  `name:"help" zh:"说明" en:"What it does" bytes:"8192"`
}

func (d desk) settings(_ context.Context, c *module.Call, _ nothing) (out settingsTold, err error) {
	for _, s := range d.server.Settings() {
		one := settingTold{Name: s.Name, Variable: some(s.Variable), Default: some(s.Default), Secret: s.Secret, Set: s.Value != "", From: s.From, Help: s.Help.In(c.Language)}
		if !s.Secret {
			one.Value = some(s.Value)
		}
		out.Settings = append(out.Settings, one)
	}
	return out, nil
}
